let ahead = 0

/**
 * Follows the sandbox's clock, which may be set forward.
 * @param {number} time milliseconds
 */
export function itIs(time) {
  ahead = time - Date.now()
}

/** What time it is in the sandbox, in milliseconds. */
export function now() {
  return Date.now() + ahead
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const styles = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
}

/**
 * A Discord timestamp as its reader sees it. Undefined when no calendar has that moment.
 * @param {number} unix seconds
 * @param {string} style one of Discord's letters
 * @param {number} now milliseconds
 * @param {string} [language]
 */
export function formatTime(unix, style, now, language) {
  if (Math.abs(unix) > 8.64e12) return undefined
  if (style === 'R') return relative(unix - Math.round(now / 1000), language)
  return new Intl.DateTimeFormat(language, styles[style] ?? styles['f']).format(unix * 1000)
}

/**
 * @param {number} seconds
 * @param {string | undefined} language
 */
function relative(seconds, language) {
  // A minute short of an hour is an hour, as chat clients round it.
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length * 0.95) ?? ['second', 1]
  const amount = Math.sign(seconds) * Math.round(Math.abs(seconds) / size)
  return new Intl.RelativeTimeFormat(language, { numeric: 'always' }).format(amount, unit)
}
