import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10'
import type { Suggestions } from '../library/library.ts'
import { plainText } from './sanitize.ts'
import { longestQuery } from './page-id.ts'
import { readingLine } from './lists.ts'

/** What a search may mean, as the choices under its field; or how far the library has been read. */
export function searchChoices(found: Suggestions, typed: string): APIApplicationCommandOptionChoice<string>[] {
  if ('reading' in found) {
    const value = plainText(typed, longestQuery) || '…'
    return [{ name: plainText(`${readingLine(found.reading, 'your')} Type on for suggestions.`, 100), value }]
  }
  const choices = found.titles.map(({ title, artists }) => {
    const words = [title, artists.join(', ')].filter(Boolean).join(' - ')
    return { name: plainText(words, 100), value: query(title, artists[0] ?? '') }
  })
  return choices.filter(({ name, value }) => name && value)
}

/** Whole words of title and artist, as many as a button's id has room for. */
function query(title: string, artist: string): string {
  const words = plainText(`${title} ${artist}`, 400).split(' ')
  let text = ''
  for (const word of words) {
    if (`${text} ${word}`.trim().length > longestQuery) break
    text = `${text} ${word}`.trim()
  }
  return text || plainText(title, longestQuery).replace('…', '')
}
