import type { APIApplicationCommandOptionChoice } from 'discord.js'
import type { Translate } from '../i18n.ts'
import { shortName } from '../library/artists.ts'
import type { Song } from '../spotify/parse.ts'
import { longestQuery } from './page-id.ts'
import { plainText } from './sanitize.ts'
import { plainPair } from './song.ts'

type Choice = APIApplicationCommandOptionChoice<string>

/** The value of the only choice where nothing is typed and nothing is in hand. */
export const nothingTyped = '…'

/** What a search may mean, as the choices under its field; where nothing is in hand, to search for what was typed. */
export function searchChoices(
  titles: readonly Pick<Song, 'title' | 'artists'>[],
  typed: string,
  t: Translate,
): Choice[] {
  const choices = titles.map(({ title, artists }) => {
    return { name: plainPair(title, artists.join(', '), 100), value: queryFor(title, artists[0] ?? '') }
  })
  return orTyped(choices, typed, t)
}

/** The same for artists. */
export function artistChoices(artists: readonly string[], typed: string, t: Translate): Choice[] {
  const choices = artists.map((artist) => ({ name: plainText(artist, 100), value: shortName(artist, longestQuery) }))
  return orTyped(choices, typed, t)
}

/** Those that have a name and a value; without any, what was typed. */
function orTyped(choices: readonly Choice[], typed: string, t: Translate): Choice[] {
  const whole = choices.filter(({ name, value }) => name && value)
  if (whole.length > 0) return whole
  return [{ name: t('search.pressEnter'), value: plainText(typed, longestQuery) || nothingTyped }]
}

/** Whole words of title and artist, as many as a button's id has room for. */
function queryFor(title: string, artist: string): string {
  const words = plainText(`${title} ${artist}`, 400)
  const start = `${words} `.slice(0, longestQuery + 1)
  return start.slice(0, Math.max(start.lastIndexOf(' '), 0)) || plainText(title, longestQuery).replace('…', '')
}
