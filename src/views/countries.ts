import type { APIApplicationCommandOptionChoice } from 'discord.js'
import { normalize } from '../library/normalize.ts'

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
/** Codes for which Intl has a name and ISO 3166-1 no country. Kosovo, which Spotify knows, is kept. */
const noCountries = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'])

/** Countries by the beginning of a word of their English names, or by their codes; at most 25. */
export function countryChoices(typed: string): APIApplicationCommandOptionChoice<string>[] {
  const wanted = folded(typed)
  const code = countryNamed(typed)
  const rank = (country: Country): number =>
    [country.code === code, folded(country.name).startsWith(wanted), true].indexOf(true)
  return countries()
    .filter((country) => country.code === code || ` ${folded(country.name)}`.includes(` ${wanted}`))
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, 25)
    .map((country) => ({ name: country.name, value: country.code }))
}

/** The two letters of the country that was meant by its English name or by its code; undefined when there is none. */
export function countryNamed(typed: string): string | undefined {
  const wanted = folded(typed)
  const named = countries().find(({ name, short }) => [name, short].some((one) => folded(one) === wanted))
  return named?.code ?? (/^[a-z]{2}$/.test(wanted) ? new Intl.Locale(`und-${wanted}`).region : undefined)
}

type Country = ReturnType<typeof countries>[number]

/** By name. */
function countries() {
  const [long, brief] = (['long', 'short'] as const).map(
    (style) => new Intl.DisplayNames('en', { type: 'region', style, fallback: 'none' }),
  )
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !noCountries.has(code) && new Intl.Locale(`und-${code}`).region === code)
    .map((code) => ({ code, name: long?.of(code) ?? '', short: brief?.of(code) ?? '' }))
    .filter(({ name }) => name)
    .toSorted((one, other) => one.name.localeCompare(other.name))
}

function folded(text: string): string {
  return normalize(text.replaceAll('&', ' and ').replace(/[.,()-]/g, ' '))
}
