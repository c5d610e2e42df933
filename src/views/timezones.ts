import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10'

/** Timezones with the letters that were typed, those first whose city begins with them; at most 25. */
export function timezoneChoices(typed: string): APIApplicationCommandOptionChoice<string>[] {
  const wanted = folded(typed)
  const found = names().filter((name) => folded(name).includes(wanted))
  const begins = (name: string): boolean => folded(name.split('/').at(-1) ?? '').startsWith(wanted)
  const sorted = [...found.filter(begins), ...found.filter((name) => !begins(name))]
  return sorted.slice(0, 25).map((name) => ({ name, value: name }))
}

/** The IANA name that was meant, whatever its letters' case; undefined when there is none. */
export function timezoneNamed(typed: string): string | undefined {
  const wanted = folded(typed)
  const listed = names().find((name) => folded(name) === wanted)
  return listed ?? (isOlderName(typed.trim()) ? typed.trim() : undefined)
}

function names(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').map((name) => renamed[name] ?? name)]
}

/** JavaScript goes on listing zones by the names that they had at first. */
const renamed: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

function folded(text: string): string {
  return text.trim().toLowerCase().replaceAll(' ', '_')
}

/** Names such as `US/Eastern` are understood but not listed; offsets such as `+01:00` know no daylight saving. */
function isOlderName(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
