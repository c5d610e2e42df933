const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** The days to choose from, Monday first. */
export const dayChoices = [...days.slice(1), days[0]].map((name) => ({ name, value: name }))

/** 0 for Sunday to 6; undefined for anything but an English name. */
export function dayNamed(name: string): number | undefined {
  const index = days.findIndex((day) => day.toLowerCase() === name.trim().toLowerCase())
  return index < 0 ? undefined : index
}

export function nameOfDay(index: number): string {
  return days[index] ?? ''
}
