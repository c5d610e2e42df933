import { setTimeout as sleep } from 'node:timers/promises'
import type { Accounts } from '../accounts/accounts.ts'
import { isLinkGone } from '../accounts/errors.ts'
import { blockSize, insist, type SpotifyApi } from '../spotify/client.ts'
import { RateLimitedError, SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'
import type { Purpose } from '../spotify/rate-limit/queue.ts'
import type { IndexCache } from './index-cache.ts'
import { expectLinked, isWhole } from './library-index.ts'
import type { Block, PageCache } from './page-cache.ts'
import { songsBetween } from './segments.ts'

/** How long a page waits for an index that is being opened, in milliseconds. */
const openPatience = 150

/** Reads one person's list block by block, for somebody who waits. */
export type BlockReader = Awaited<ReturnType<ReturnType<typeof createBlockReaders>>>

/** Opens the list of a person in a market. Without one, blocks also come from the index and front blocks go to it. */
export function createBlockReaders(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  cache: PageCache,
  indexes: Pick<IndexCache, 'open' | 'upToDate' | 'frontCheck' | 'delete'>,
) {
  return async (person: string, market?: string) => {
    const link = await accounts.get(person)
    const list = cache.get(`${link.id}:${market ?? ''}`)

    return { link, list, load, need, attempt, prefetch, read, fresh, follow, openIndex }

    /** A block young enough to be shown; from the index, too, unless what is cached is from another state of the list. */
    function fresh(offset: number): Block | undefined {
      const cached = cache.freshBlock(list, offset)
      if (cached || market !== undefined) return cached
      const index = indexes.upToDate(link)
      if (!index || (list.blocks.size > 0 && list.total !== index.total)) return undefined
      const songs = songsBetween(index.segments, offset, offset + blockSize)
      cache.put(list, { offset, songs, total: index.total }, list.generation, index.at)
      return cache.freshBlock(list, offset)
    }

    /** Asks Spotify unless a fresh block is cached. */
    async function need(offset: number): Promise<readonly Song[]> {
      return fresh(offset)?.songs ?? load(offset)
    }

    /** The same; undefined where Spotify does not send it, which is remembered for a while. */
    async function attempt(offset: number): Promise<readonly Song[] | undefined> {
      if (list.unreadable.has(offset)) return undefined
      try {
        return await need(offset)
      } catch (error) {
        if (!(error instanceof SpotifyDownError)) throw error
        list.unreadable.add(offset)
        return undefined
      }
    }

    /**
     * Asks Spotify in the background unless a fresh block is cached that came after `asOf`, in milliseconds, and says of
     * each song whether it is explicit, where that `isRated`.
     */
    async function prefetch(offset: number, purpose: Purpose, asOf = -Infinity, isRated = false) {
      const block = fresh(offset)
      const isGood = block && block.at > asOf && !(isRated && block.songs.some((song) => song.explicit === undefined))
      return isGood ? block.songs : fetch(offset, purpose, true)
    }

    /** Before blocks are needed: asks for the front, where it may tell that an index has all of those not cached. */
    async function follow(offsets: readonly number[]): Promise<void> {
      if (market !== undefined || offsets.every(fresh)) return
      const index = await indexes.open(person, link).catch(() => undefined)
      if (index && isWhole(index)) await load(0).catch(ifUnavailable)
    }

    /** The same by the front that is cached. */
    async function openIndex(): Promise<void> {
      const front = list.blocks.get(0)
      if (!front) return
      await indexes.frontCheck(person, link, false, front.at)({ songs: front.songs, total: list.total, offset: 0 })
    }

    /** Asks Spotify, even when the block is cached. */
    async function load(offset: number): Promise<readonly Song[]> {
      return fetch(offset, 'page', false)
    }

    async function fetch(offset: number, purpose: Purpose, background: boolean): Promise<readonly Song[]> {
      const isFront = offset === 0 && market === undefined
      const check = isFront ? indexes.frontCheck(person, link, background) : undefined
      try {
        const asked = request(offset, purpose, background)
        await Promise.allSettled([asked])
        // Also where it has failed: what is cached may be shown instead.
        await expectLinked(accounts, person, link)
        const page = await asked
        // The page needs nothing of the index, which is compared with it when it is there.
        await Promise.race([check?.(page), sleep(openPatience, undefined, { ref: false })])
        return page.songs
      } catch (error) {
        // Nothing stays of somebody who unlinked, or whose consent ended, while Spotify was asked.
        if (isLinkGone(error)) {
          cache.delete(`${link.id}:`)
          indexes.delete(link, error)
        }
        throw error
      }
    }

    /**
     * Spotify's client makes one request of the same ones that are under way, and lets it go first as soon as somebody
     * waits for it. The one before may end while this one is not there yet: then its page is taken, and nothing is
     * requested again.
     */
    function request(offset: number, purpose: Purpose, background: boolean): Promise<SavedPage> {
      const { generation, requests } = list
      const before = requests.get(offset)
      const late = new AbortController()
      const ask = async (token: string, api: SpotifyApi): Promise<SavedPage> => {
        const once = (): Promise<SavedPage> => api.savedTracks(token, { offset, market, purpose, signal: late.signal })
        const page = await insist(await once(), once, list.blocks.get(offset)?.missing)
        // At once: as long as it was not here, a reader would request it again.
        cache.put(list, page, generation)
        return page
      }
      const own = accounts.withToken(person, link, ask, { background })
      const first = Promise.race([own, before?.catch(() => own) ?? own]).finally(() => {
        late.abort()
        if (requests.get(offset) === first) requests.delete(offset)
      })
      requests.set(offset, first)
      return first
    }

    /** The blocks at those offsets; where Spotify cannot answer but all of them are cached, the time from which they are, and why. */
    async function read(offsets: readonly number[], ask: (offset: number) => Promise<readonly Song[]> = need) {
      try {
        return { blocks: await Promise.all(offsets.map((offset) => ask(offset))), asOf: undefined, failure: undefined }
      } catch (error) {
        const cached = offsets.flatMap((offset) => list.blocks.get(offset) ?? [])
        if (!isUnavailable(error) || cached.length < offsets.length) throw error
        return {
          blocks: cached.map(({ songs }) => songs),
          asOf: Math.min(...cached.map(({ at }) => at)),
          failure: error,
        }
      }
    }
  }
}

function ifUnavailable(error: unknown): undefined {
  if (!isUnavailable(error)) throw error
}

/** Whether Spotify did not answer, so that what is cached is the best there is. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof RateLimitedError || error instanceof SpotifyDownError
}
