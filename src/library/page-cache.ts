import { LRUCache } from 'lru-cache'
import { blockSize, unsent } from '../spotify/client.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'

export interface Block {
  readonly songs: readonly Song[]
  /** When Spotify sent it, in milliseconds. */
  readonly at: number
  readonly bytes: number
  /** How many songs should be behind its own that Spotify did not send. */
  readonly missing: number
}

/** The cached part of one person's list, all of it from one state of the list as far as totals tell. */
export type CachedList = ReturnType<typeof emptyList>

/** The pages that this process has in memory. */
export type PageCache = ReturnType<typeof createPageCache>

export const freshFor = 5 * 60 * 1000
// What is missing in them may come with the next request.
const shortFor = 60 * 1000
const keptFor = 15 * 60 * 1000
export const unreadableFor = 10 * 60 * 1000

/**
 * Least recently used lists go first beyond `maxBytes` in all; blocks too old even for "as of" go with the next use of
 * their list, or with the list a quarter of an hour after its last use.
 */
export function createPageCache(now: () => number, maxBytes = 24 * 2 ** 20) {
  const lists = new LRUCache<string, CachedList>({
    maxSize: maxBytes,
    sizeCalculation: ({ blocks }) => blocks.values().reduce((sum, { bytes }) => sum + bytes, emptyListBytes),
    ttl: keptFor,
    updateAgeOnGet: true,
    ttlResolution: 0,
    perf: { now },
  })
  setInterval(() => lists.purgeStale(), 60_000).unref()

  return {
    /** A list that is dropped meanwhile still serves those who have it, and is not counted. */
    get(key: string): CachedList {
      const known = lists.get(key)
      const list = known ?? emptyList(key, now)
      const tooOld = [...list.blocks].filter(([, { at }]) => at + keptFor < now())
      for (const [offset] of tooOld) list.blocks.delete(offset)
      if (!known || tooOld.length > 0) store(list)
      return list
    },
    /**
     * Where the page shows that the list has changed, all other blocks go. A page that was requested in an earlier
     * generation may be from before the last change, and does not undo it.
     */
    put(list: CachedList, page: SavedPage, generation = list.generation, at = now()): void {
      const before = list.blocks.get(page.offset)?.songs ?? page.songs
      const isNews = list.blocks.size > 0 && (page.total !== list.total || !sameSongs(before, page.songs))
      if (list.deleted || (isNews && generation !== list.generation)) return
      if (isNews) {
        list.generation += 1
        list.blocks.clear()
      }
      list.unreadable.delete(page.offset)
      list.blocks.set(page.offset, { songs: page.songs, at, bytes: bytesOf(page.songs), missing: unsent(page) })
      list.total = page.total
      if (lists.peek(list.key) === list) store(list)
    },
    /** A block that is young enough to be shown as it is. */
    freshBlock(list: CachedList, offset: number): Block | undefined {
      const block = list.blocks.get(offset)
      if (!block) return undefined
      return block.at + (block.missing > 0 ? shortFor : freshFor) > now() ? block : undefined
    },
    /** Deletes the lists whose keys begin with the prefix, and their blocks. */
    delete(prefix: string): void {
      for (const [key, list] of [...lists.entries()]) {
        if (!key.startsWith(prefix)) continue
        list.deleted = true
        list.blocks.clear()
        lists.delete(key)
      }
    },
    size: () => ({ lists: lists.size, bytes: lists.calculatedSize }),
  }

  /** Setting the same list again would keep the size that was calculated before. */
  function store(list: CachedList): void {
    lists.delete(list.key)
    lists.set(list.key, list)
  }
}

export function emptyList(key: string, now: () => number) {
  return {
    key,
    total: 0,
    /** Goes up whenever the list is seen to have changed and older blocks were dropped. */
    generation: 0,
    /** By offset. */
    blocks: new Map<number, Block>(),
    /** By offset: the last request for each block that is under way. */
    requests: new Map<number, Promise<SavedPage>>(),
    unreadable: createUnreadable(now),
    /** Sent with fewer songs than the total says, to somebody who read the whole list. */
    short: createUnreadable(now),
    /** Nothing is cached in it any more. */
    deleted: false,
  }
}

/** Blocks that Spotify did not send lately though it sent others, by offset: they are not asked for again at once. */
function createUnreadable(now: () => number) {
  const since = new Map<number, number>()
  const has = (offset: number): boolean => (since.get(offset) ?? -Infinity) + unreadableFor > now()
  return {
    has,
    add: (offset: number) => void since.set(offset, now()),
    delete: (offset: number) => since.delete(offset),
    /** How many songs of a list of that length are in them. */
    songs: (total: number) =>
      [...since.keys()].filter(has).reduce((sum, offset) => sum + Math.min(Math.max(total - offset, 0), blockSize), 0),
  }
}

const emptyListBytes = 1024
// The objects of a song and what each of its strings takes beside its characters, as measured.
const songBytes = 450

/** Titles in most scripts take two bytes a character; addresses take one. */
function bytesOf(songs: readonly Song[]): number {
  return songs.reduce((sum, { uri, title, artists, album, url = '', cover = '' }) => {
    const names = title.length + album.length + artists.join('').length
    return sum + songBytes + uri.length + url.length + cover.length + 2 * names
  }, 0)
}

/** The same likes, in the same order. */
export function sameSongs(some: readonly Song[], others: readonly Song[]): boolean {
  const isSame = ({ uri, addedAt }: Song, index: number): boolean =>
    others[index]?.uri === uri && others[index].addedAt === addedAt
  return some.length === others.length && some.every(isSame)
}
