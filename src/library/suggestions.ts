import { setTimeout as sleep } from 'node:timers/promises'
import type { Accounts } from '../accounts/accounts.ts'
import { suggestedArtists } from './artists.ts'
import type { IndexCache } from './index-cache.ts'
import { wordsOf } from './normalize.ts'
import { createPacker } from './packed-songs.ts'
import type { PageCache } from './page-cache.ts'
import { suggestions } from './search.ts'
import type { Segments } from './segments.ts'

/** How long choices for what is being typed wait for an index, in milliseconds. */
const patience = 150

/** Choices for what has been typed so far, at most 25, from what is in hand: Spotify is asked for nothing. None without a link. */
export function createSuggestions(
  accounts: Pick<Accounts, 'get'>,
  indexes: Pick<IndexCache, 'open'>,
  pages: Pick<PageCache, 'get'>,
) {
  return {
    suggest: (person: string, text: string) => inHand(person, text, suggestions),
    suggestArtists: (person: string, text: string) => inHand(person, text, suggestedArtists),
  }

  async function inHand<Choice>(
    person: string,
    text: string,
    choicesIn: (segments: Segments, words: readonly string[]) => readonly Choice[],
  ): Promise<readonly Choice[]> {
    const link = await accounts.get(person).catch(() => undefined)
    if (!link) return []
    const opening = indexes.open(person, link).catch(() => undefined)
    const index = await Promise.race([opening, sleep(patience, undefined, { ref: false })])
    const words = wordsOf(text)
    const found = choicesIn(index?.found?.() ?? index?.segments ?? [], words)
    if (found.length > 0) return found
    const songs = pages
      .get(`${link.id}:`)
      .blocks.values()
      .flatMap((block) => block.songs)
    const pack = createPacker()([...songs])
    return choicesIn([{ pack, from: 0, to: pack.artists.length }], words)
  }
}
