/** A time in milliseconds as every reader sees it in their own zone and language; the style is one of Discord's letters. */
export function timestamp(time: number, style: 'R' | 'D' | 'F' | 'f'): string {
  return `<t:${Math.floor(time / 1000)}:${style}>`
}
