import type { APIApplicationCommandOptionChoice } from 'discord.js'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { timezoneBehind } from '../roundups/schedule-time.ts'
import type { Song } from '../spotify/parse.ts'

export type NamedDateRange = ReturnType<typeof parseDateRange>

const shape = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/
/** As it is written in Chinese, Japanese and Korean. */
const eastern = /^(\d{4}) ?[年년](?: ?(\d{1,2}) ?[月월](?: ?(\d{1,2}) ?[日일])?)?$/
/** What stands between the parts of a date in Spanish, Portuguese and Ukrainian. */
const between = new Set(['de', 'del', 'р'])

/**
 * Reads `2023`, `2023-07` or `2023-07-14`, also with the month by its name in a language or in English, in UTC; `nameIn` is
 * what one says in a language: "July 14, 2023", `id` the first of those forms. Throws UserError.
 */
export function parseDateRange(text: string, locale = 'en') {
  const [year, month, day] = numbersIn(text.normalize('NFKC').trim().replace(/\s+/g, ' '), locale) ?? []
  if (!year) throw new UserError('date.example')
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)]
  const date = new Date(Date.UTC(y, m, d))
  // The calendar moves 31 February to March, and the year 0012 to 1912.
  if (date.getUTCFullYear() !== y || date.getUTCMonth() !== m || date.getUTCDate() !== d)
    throw new UserError('date.noSuchDay')
  const to = day ? Date.UTC(y, m, d + 1) : month ? Date.UTC(y, m + 1) : Date.UTC(y + 1, 0)
  const parts = { month: month ? 'long' : undefined, day: day ? 'numeric' : undefined } as const
  const nameIn = (locale: string): string =>
    date.toLocaleDateString(locale, { year: 'numeric', ...parts, timeZone: 'UTC' })
  const id = date.toISOString().slice(0, day ? 10 : month ? 7 : 4)
  return { from: date.getTime(), to, nameIn, isDay: day !== undefined, id }
}

/** Year, month and day, as far as they are there. */
function numbersIn(text: string, locale: string): (string | undefined)[] | undefined {
  const iso = shape.exec(text) ?? eastern.exec(text)
  if (iso) return iso.slice(1)
  const parts = text
    .toLowerCase()
    .split(/\.?,? |, ?|\.$/)
    .filter((part) => part !== '' && !between.has(part))
  const [year, ...years] = parts.filter((part) => /^\d{4}$/.test(part))
  const [day, ...days] = parts.flatMap((part) => /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(part)?.[1] ?? [])
  const [name = '', ...names] = parts.filter((part) => /^\p{L}{3,}$/u.test(part))
  const isAll = parts.length === [year, day, name].filter(Boolean).length
  const index = [locale, 'en'].map((one) => monthNamed(name, one)).find((found) => found >= 0)
  if (!year || index === undefined || !isAll || years.length + days.length + names.length > 0) return undefined
  return [year, String(index + 1), day]
}

/** The month whose name begins so, alone or beside a day, from 0; -1 where there is none. */
function monthNamed(beginning: string, locale: string): number {
  const months = Array.from({ length: 12 }, (_, index) => new Date(Date.UTC(2023, index)))
  const [alone, beside] = [{}, { day: 'numeric' } as const].map(
    (more) => new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC', ...more }),
  )
  return months.findIndex((month) =>
    [alone, beside].some((format) => {
      const part = format?.formatToParts(month).find(({ type }) => type === 'month')
      return part?.value.toLocaleLowerCase(locale).startsWith(beginning)
    }),
  )
}

/** Timezones with the letters that were typed, those first whose city begins with them; at most 25. */
export function timezoneChoices(typed: string): APIApplicationCommandOptionChoice<string>[] {
  const wanted = folded(typed)
  const found = names().filter((name) => folded(name).includes(wanted))
  const begins = (name: string): boolean => folded(name.split('/').at(-1) ?? '').startsWith(wanted)
  const sorted = [...found.filter(begins), ...found.filter((name) => !begins(name))]
  return sorted.slice(0, 25).map((name) => ({ name, value: name }))
}

/**
 * The IANA name that was meant, whatever its letters' case, also by its city alone where there is one such city;
 * undefined when there is none. Abbreviations are none: BST is British to some and that of Bangladesh to others.
 */
export function timezoneNamed(typed: string): string | undefined {
  const [wanted, all] = [folded(typed), names()]
  const cities = all.filter((name) => folded(name).endsWith(`/${wanted}`))
  const listed = all.find((name) => folded(name) === wanted) ?? (cities.length === 1 ? cities[0] : undefined)
  if (listed !== undefined || !typed.includes('/')) return listed
  // Names such as `US/Eastern` are understood but not listed. `Etc/GMT+5` keeps its name: it knows no daylight saving.
  const name = timezoneBehind(wanted) ?? ''
  return all.find((one) => one === (renamed[name] ?? name))
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
  const letters = text.normalize('NFKD').replace(/\p{M}/gu, '')
  return letters.trim().toLowerCase().replaceAll(' ', '_')
}

/** What stands above each song where a period begins or ends within the page, which goes back in time. */
export function rulesBetween(songs: readonly Song[], range: NamedDateRange, t: Translate): string[] {
  const { from, to, isDay } = range
  const within = isDay ? 'when.within.day' : 'when.within'
  const sides = songs.map(({ addedAt = from }) =>
    addedAt >= to ? 'when.later' : addedAt >= from ? within : 'when.earlier',
  )
  if (new Set(sides).size < 2) return []
  const date = range.nameIn(t.locale)
  return sides.map((side, index) =>
    side === sides[index - 1] ? '' : `${index > 0 ? '\n' : ''}**${t(side, { date })}**\n`,
  )
}
