import { LRUCache } from 'lru-cache'
import type { SavedPage, Song } from '../spotify/parse.ts'

export interface Block {
  readonly songs: readonly Song[]
  /** When Spotify sent it, in milliseconds. */
  readonly at: number
  readonly bytes: number
}

/** The cached part of one person's list, all of it from one state of the list as far as totals tell. */
export interface CachedList {
  readonly key: string
  total: number
  /** Goes up whenever the list is seen to have changed and older blocks were dropped. */
  generation: number
  /** By offset. */
  readonly blocks: Map<number, Block>
}

/** The pages that this process has in memory. */
export interface PageCache {
  /** A list that is dropped meanwhile still serves those who have it, and is not counted. */
  get(key: string): CachedList
  put(list: CachedList, page: SavedPage): void
  /** A block that is young enough to be shown as it is. */
  freshBlock(list: CachedList, offset: number): Block | undefined
  /** Drops the lists whose keys begin with the prefix, and their blocks. */
  delete(prefix: string): void
  size(): { readonly lists: number; readonly bytes: number }
}

export const freshFor = 5 * 60 * 1000
const keptFor = 15 * 60 * 1000
const purgeEvery = 60 * 1000

/**
 * Least recently used lists go first when there is too much; blocks too old even for "as of" go with the next use of
 * their list, or with the list a quarter of an hour after its last use.
 *
 * @param maxBytes of all lists together
 */
export function createPageCache(now: () => number, maxBytes = 24 * 2 ** 20): PageCache {
  const lists = new LRUCache<string, CachedList>({
    maxSize: maxBytes,
    sizeCalculation: ({ blocks }) => blocks.values().reduce((sum, { bytes }) => sum + bytes, emptyListBytes),
    ttl: keptFor,
    ttlResolution: 0,
    perf: { now },
  })
  setInterval(() => lists.purgeStale(), purgeEvery).unref()

  return {
    get(key) {
      const list = lists.get(key) ?? { key, total: 0, generation: 0, blocks: new Map() }
      for (const [offset, { at }] of list.blocks) if (at + keptFor < now()) list.blocks.delete(offset)
      store(list)
      return list
    },
    put(list, { offset, songs, total }) {
      if (hasChanged(list, offset, songs, total)) {
        list.generation += 1
        list.blocks.clear()
      }
      list.blocks.set(offset, { songs, at: now(), bytes: bytesOf(songs) })
      list.total = total
      if (lists.peek(list.key) === list) store(list)
    },
    freshBlock(list, offset) {
      const block = list.blocks.get(offset)
      return block && block.at + freshFor > now() ? block : undefined
    },
    delete(prefix) {
      for (const [key, { blocks }] of [...lists.entries()]) {
        if (!key.startsWith(prefix)) continue
        blocks.clear()
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

function hasChanged(list: CachedList, offset: number, songs: readonly Song[], total: number): boolean {
  if (list.blocks.size === 0) return false
  const before = list.blocks.get(offset)?.songs
  return total !== list.total || (before !== undefined && !sameSongs(before, songs))
}

/** The same likes, in the same order. */
export function sameSongs(some: readonly Song[], others: readonly Song[]): boolean {
  const isSame = ({ uri, addedAt }: Song, index: number): boolean =>
    others[index]?.uri === uri && others[index].addedAt === addedAt
  return some.length === others.length && some.every(isSame)
}
