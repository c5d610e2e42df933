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
  /** Asks Spotify, even when the block is cached. */
  load(offset: number): Promise<void>
  /** Asks Spotify unless a fresh block is cached. */
  need(offset: number): Promise<void>
  /** Asks Spotify in the background unless a fresh block is cached that came after `asOf`, in milliseconds. */
  prefetch(offset: number, asOf?: number): Promise<void>
  /** Of a block that is cached, or that this reader has loaded: an answer with another total clears the cache. */
  songs(offset: number): readonly Song[]
  /** The songs of a fresh block. */
  fresh(offset: number): readonly Song[] | undefined
}

/** Opens the list of a person in a market. `onFront` gets every front block of a list without one. */
export function createBlockReaders(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  cache: PageCache,
  onFront: (link: Link, page: SavedPage) => void,
): (person: string, market?: string) => Promise<BlockReader> {
  return async (person, market) => {
    const link = await accounts.get(person)
    const list = cache.get(`${link.id}:${market ?? ''}`)
    const loaded = new Map<number, readonly Song[]>()

    // Spotify's client makes one request of the same ones that are under way.
    const load = async (offset: number, background = false): Promise<void> => {
      const page = await accounts.withToken(person, link, (token, api) => api.savedTracks(token, { offset, market }), {
        background,
      })
      // Nothing is shown to somebody who unlinked while Spotify was asked.
      const { id } = await accounts.get(person)
      if (id !== link.id) throw new NotLinkedError()
      cache.put(list, page)
      loaded.set(offset, page.songs)
      if (offset === 0 && market === undefined) onFront(link, page)
    }
    return {
      link,
      list,
      load: (offset) => load(offset),
      async need(offset) {
        if (!cache.freshBlock(list, offset)) await load(offset)
      },
      async prefetch(offset, asOf = -Infinity) {
        const { at = -Infinity } = cache.freshBlock(list, offset) ?? {}
        if (at <= asOf) await load(offset, true)
      },
      songs: (offset) => list.blocks.get(offset)?.songs ?? loaded.get(offset) ?? [],
      fresh: (offset) => cache.freshBlock(list, offset)?.songs,
    }
  }
}

/** Runs `ask`; when Spotify cannot answer but the blocks are cached, the time from which they are. */
export async function orCached(
  { list }: BlockReader,
  ask: () => Promise<unknown>,
  offsets: readonly number[] = [0],
): Promise<number | undefined> {
  try {
    await ask()
    return undefined
  } catch (error) {
    const cached = offsets.map((offset) => list.blocks.get(offset))
    if (!isUnavailable(error) || !cached.every((block) => block !== undefined)) throw error
    return Math.min(...cached.map(({ at }) => at))
  }
}

/** Whether Spotify did not answer, so that what is cached is the best there is. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof RateLimitedError || error instanceof SpotifyDownError
}
