import type { SavedPage, Song } from '../spotify/parse.ts'

export interface CachedBlock {
  readonly songs: readonly Song[]
  /** When Spotify gave it, in milliseconds. */
  readonly at: number
}

/** What is in hand of one person's list, all of it from one state of the list as far as totals tell. */
export interface CachedList {
  total: number
  /** Goes up whenever the list is seen to have changed and older blocks were let go. */
  generation: number
  /** By offset. */
  readonly blocks: Map<number, CachedBlock>
  readonly underWay: Map<number, Promise<void>>
  /** When somebody last began to read, in milliseconds. */
  openedAt: number
  /** Let go of while somebody was still reading: it serves that reader and is not counted. */
  detached: boolean
}

/** The pages that this process has in hand. */
export interface PageCache {
  get(key: string): CachedList
  put(view: CachedList, page: SavedPage): void
  /** A block that is young enough to be shown as it is. */
  freshBlock(view: CachedList, offset: number): CachedBlock | undefined
  delete(prefix: string): void
}

export const freshFor = 5 * 60 * 1000
const keptFor = 15 * 60 * 1000
const mostBlocks = 2_000

/** Least recently used views go first when there are too many blocks; blocks too old even for "as of" go when met. */
export function createPageCache(now: () => number): PageCache {
  const views = new Map<string, CachedList>()
  let blocks = 0

  return {
    get(key) {
      const view = views.get(key) ?? {
        total: 0,
        generation: 0,
        blocks: new Map(),
        underWay: new Map(),
        openedAt: 0,
        detached: false,
      }
      views.delete(key)
      views.set(key, view)
      view.openedAt = now()
      letGo(view, tooOld)
      for (const [oldKey, old] of views) {
        // One without blocks may have been opened just now, by somebody whose songs are on their way.
        if (old.openedAt + keptFor >= now() || ![...old.blocks.values()].every(tooOld)) break
        drop(oldKey, old)
      }
      return view
    },
    put(view, { offset, songs, total }) {
      if (changed(view, offset, songs, total)) {
        view.generation += 1
        letGo(view, () => true)
      }
      if (!view.blocks.has(offset) && !view.detached) blocks += 1
      view.blocks.set(offset, { songs, at: now() })
      view.total = total
      makeRoom()
      setTimeout(() => letGo(view, tooOld), keptFor + 1000).unref()
    },
    freshBlock(view, offset) {
      const block = view.blocks.get(offset)
      return block && block.at + freshFor > now() ? block : undefined
    },
    delete(prefix) {
      for (const [key, view] of views) if (key.startsWith(prefix)) drop(key, view)
    },
  }

  function letGo(view: CachedList, which: (block: CachedBlock) => boolean): void {
    for (const [offset, block] of view.blocks)
      if (which(block) && view.blocks.delete(offset) && !view.detached) blocks -= 1
  }

  function tooOld(block: CachedBlock): boolean {
    return block.at + keptFor < now()
  }

  function makeRoom(): void {
    for (const [key, view] of views) {
      if (blocks <= mostBlocks) return
      drop(key, view)
    }
  }

  function drop(key: string, view: CachedList): void {
    blocks -= view.blocks.size
    view.detached = true
    views.delete(key)
  }
}

function changed(view: CachedList, offset: number, songs: readonly Song[], total: number): boolean {
  if (view.blocks.size === 0) return false
  const before = view.blocks.get(offset)?.songs
  return total !== view.total || (before !== undefined && !sameSongs(before, songs))
}

/** The same likes, in the same order. */
export function sameSongs(some: readonly Song[], others: readonly Song[]): boolean {
  return some.length === others.length && some.every((song, index) => isSame(song, others[index]))
}

function isSame({ uri, addedAt }: Song, other: Song | undefined): boolean {
  return other?.uri === uri && other.addedAt === addedAt
}
