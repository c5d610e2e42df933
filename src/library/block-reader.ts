import type { Accounts } from '../accounts/accounts.ts'
import { NotLinkedError } from '../accounts/errors.ts'
import type { Link } from '../accounts/links.ts'
import { RateLimitedError, SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'
import type { PageCache, CachedList } from './page-cache.ts'

/** Reads one person's list block by block, for somebody who waits. */
export interface BlockReader {
  readonly link: Link
  readonly list: CachedList
  /** Asks Spotify, even when the block is in hand. */
  load(offset: number): Promise<void>
  /** Asks Spotify unless a fresh one is in hand. */
  need(offset: number): Promise<void>
  /**
   * Asks Spotify unless a fresh one is in hand, from `asOf` or later; for somebody who may come: people who wait go
   * first.
   */
  prefetch(offset: number, asOf?: number): Promise<void>
  /** What this reader was given, also where the view has let it go since: totals may change with every answer. */
  readonly loaded: ReadonlyMap<number, readonly Song[]>
  /** The songs of a fresh block. */
  fresh(offset: number): readonly Song[] | undefined
}

/** Opens the list of a person in a market. `sawFront` is told of every front block of a list without one. */
export function createBlockReaders(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  views: PageCache,
  sawFront: (link: Link, page: SavedPage) => void,
): (person: string, market?: string) => Promise<BlockReader> {
  return async (person, market) => {
    const link = await accounts.get(person)
    const view = views.get(`${link.id}:${market ?? ''}`)
    const given = new Map<number, readonly Song[]>()
    const load = (offset: number): Promise<void> => {
      const running = view.underWay.get(offset) ?? ask(offset).finally(() => view.underWay.delete(offset))
      view.underWay.set(offset, running)
      return running
    }
    const ask = async (offset: number, background = false): Promise<void> => {
      const page = await accounts.withToken(person, link, (token, api) => api.savedTracks(token, { offset, market }), {
        background,
      })
      // Whoever unlinked while Spotify was asked is shown nothing any more.
      const { id } = await accounts.get(person)
      if (id !== link.id) throw new NotLinkedError()
      views.put(view, page)
      given.set(offset, page.songs)
      if (offset === 0 && market === undefined) sawFront(link, page)
    }
    const need = async (offset: number): Promise<void> => {
      if (!views.freshBlock(view, offset)) await load(offset)
    }
    // Not among what is under way: who comes for it now asks as somebody who waits, and shares the request.
    const ahead = async (offset: number, asOf = -Infinity): Promise<void> => {
      const isGood = (views.freshBlock(view, offset)?.at ?? -Infinity) > asOf
      if (!isGood && !view.underWay.has(offset)) await ask(offset, true)
    }
    return {
      link,
      list: view,
      loaded: given,
      load,
      need,
      prefetch: ahead,
      fresh: (offset) => views.freshBlock(view, offset)?.songs,
    }
  }
}

/** Runs `ask`; when Spotify cannot answer but the blocks are in hand, the time from which they are. */
export async function orCached(
  { list: view }: BlockReader,
  ask: () => Promise<unknown>,
  offsets: readonly number[] = [0],
): Promise<number | undefined> {
  try {
    await ask()
    return undefined
  } catch (error) {
    const inHand = offsets.map((offset) => view.blocks.get(offset))
    if (!isUnavailable(error) || !inHand.every((block) => block !== undefined)) throw error
    return Math.min(...inHand.map(({ at }) => at))
  }
}

/** Whether Spotify did not answer, so that what is in hand is the best there is. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof RateLimitedError || error instanceof SpotifyDownError
}
