import type { APIApplicationCommandOptionChoice } from 'discord.js'
import { normalize } from '../library/normalize.ts'

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
/** Codes for which Intl has a name and ISO 3166-1 no country. Kosovo, which Spotify knows, is kept. */
const noCountries = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'])

/** Countries by the beginning of a word of their names in a language, or by their codes; at most 25. */
export function countryChoices(typed: string, locale: string): APIApplicationCommandOptionChoice<string>[] {
  const wanted = folded(typed)
  const code = countryNamed(typed, locale)
  const rank = (country: Country): number =>
    [country.code === code, folded(country.name).startsWith(wanted), true].indexOf(true)
  return countries(locale)
    .filter((country) => country.code === code || ` ${folded(country.name)}`.includes(` ${wanted}`))
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, 25)
    .map((country) => ({ name: country.name, value: country.code }))
}

/** The two letters of the country that was meant by its name in a language or in English, or by its code; undefined when there is none. */
export function countryNamed(typed: string, locale: string): string | undefined {
  const wanted = folded(typed)
  const named = [...countries(locale), ...countries('en')].find(({ name, short }) =>
    [name, short].some((one) => folded(one) === wanted),
  )
  return named?.code ?? (/^[a-z]{2}$/.test(wanted) ? new Intl.Locale(`und-${wanted}`).region : undefined)
}

type Country = ReturnType<typeof countriesIn>[number]

/** By language, of which there are as many as there are words for. */
const known = new Map<string, readonly Country[]>()

function countries(locale: string): readonly Country[] {
  const found = known.get(locale) ?? countriesIn(locale)
  known.set(locale, found)
  return found
}

/** By name. */
function countriesIn(locale: string) {
  const [long, brief] = (['long', 'short'] as const).map(
    (style) => new Intl.DisplayNames(locale, { type: 'region', style, fallback: 'none' }),
  )
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !noCountries.has(code) && new Intl.Locale(`und-${code}`).region === code)
    .map((code) => ({ code, name: long?.of(code) ?? '', short: brief?.of(code) ?? '' }))
    .filter(({ name }) => name)
    .toSorted((one, other) => one.name.localeCompare(other.name, locale))
}

function folded(text: string): string {
  return normalize(text.replaceAll('&', ' and ').replace(/[.,()-]/g, ' '))
}
