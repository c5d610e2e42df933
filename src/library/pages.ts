/** Songs on a page. */
export const pageSize = 10

/**
 * Where a page lies. Offsets count from the newest song of the list as it was when it was first shown (its
 * anchor), so that a page keeps its songs when more are liked; `newer` songs stand before it by now.
 */
export interface PagePosition {
  /** Of the page's first song in the list as it was anchored; a multiple of the page size. */
  readonly offset: number
  /** From 1. */
  readonly page: number
  readonly pages: number
  /** Offsets of the neighbours and of the last page, within the list. */
  readonly previous: number
  readonly next: number
  readonly last: number
  /** Of the page's first and one past its last song in the list as Spotify has it now. */
  readonly from: number
  readonly to: number
}

/** The page that holds `wanted`, moved into the list where it lies outside. Never fails, whatever it is given. */
export function positionOf(wanted: number, total: number, newer: number): PagePosition {
  const anchored = Math.max(total - newer, 0)
  const pages = Math.max(Math.ceil(anchored / pageSize), 1)
  const page = Math.min(Math.max(Math.floor((Number.isFinite(wanted) ? wanted : 0) / pageSize) + 1, 1), pages)
  const offset = (page - 1) * pageSize
  const last = (pages - 1) * pageSize
  const from = offset + newer
  return {
    offset,
    page,
    pages,
    previous: Math.max(offset - pageSize, 0),
    next: Math.min(offset + pageSize, last),
    last,
    from,
    to: Math.min(from + pageSize, total),
  }
}

/** Offsets of the blocks that hold the songs from `from` up to, not including, `to`. */
export function blocksFor(from: number, to: number, blockSize: number): number[] {
  const first = Math.floor(from / blockSize)
  const last = Math.floor(Math.max(to - 1, from) / blockSize)
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * blockSize)
}
