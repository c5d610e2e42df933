import { setTimeout as sleep } from 'node:timers/promises'
import { runConcurrently } from '../concurrency.ts'
import { blockSize } from '../spotify/client.ts'
import { SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'
import { songIn, type PackedSongs } from './packed-songs.ts'
import { compact, indexOfSong, range, slice, unknown, type Segment, type Segments } from './segments.ts'

/** Requests the block at an offset. */
export type Ask = (offset: number) => Promise<SavedPage>

/** The list was seen to change while it was read. `by`: how much longer or shorter it became. */
export class ListChangedError extends Error {
  readonly by: number

  constructor(by = 0) {
    super('The list has changed')
    this.by = Math.abs(by)
  }
}

/** What a pass over a list needs. */
export interface SyncOptions {
  /** Asks once. */
  readonly ask: Ask
  /** Offsets of blocks that Spotify does not send: they are not asked for, and left unknown. */
  readonly unreadable: { has(offset: number): boolean; add(offset: number): void }
  /** The same of blocks that came with fewer songs than the total says; what came of them is kept. */
  readonly short: { has(offset: number): boolean; add(offset: number): void }
  readonly pack: (songs: readonly Song[]) => PackedSongs
  /** Goes on when the list changes, for one that changes all the time. */
  readonly tolerant: boolean
  /** Takes the list as far as it is known, also when the pass ends early; and `sure`, where not all of that is. */
  keep(segments: Segments, sure?: Segments): void
  /** `found`: makes the list as far as it is known by now, also within a pass; `sure`: where nothing has changed so far. */
  progress(read: number, total: number, found: () => Segments, sure: () => Segments | undefined): void
  /** Called before so many blocks are requested; rejects where there is no room for them. */
  plan(requests: number): Promise<void>
}

/** Blocks requested at once. */
export const concurrency = 8

/** Blocks that may fail before the others wait for a second try, and how often that may fail. */
const mostFailed = 2
const mostStretches = 2
const pause = 500

// What lies beyond is left unknown, so that a reading stays well within its requests.
const maxBlocks = 950
// Where less is sent than is missing, and that is more than some songs, more of it is not worth its requests.
const mostMissing = 250

interface FetchedBlock extends Segment {
  /** Places behind its songs that nothing was sent for. */
  readonly missing: number
  /** When it was requested and when it came, in steps of this pass. */
  readonly askedAt: number
  readonly cameAt: number
}

/** The blocks that one pass requests, by number, each of them once. */
export function createBlockFetch(total: number, options: SyncOptions) {
  const { ask, pack, tolerant, keep, progress, plan, unreadable, short } = options
  const blocks = new Map<number, FetchedBlock>()
  /** Blocks to request, and places in the list that they cover. */
  const end = Math.min(Math.ceil(total / blockSize), maxBlocks)
  const reach = Math.min(total, end * blockSize)
  let step = 0
  /** Songs, and places that nothing was sent for though the total says so. */
  const came = { sent: 0, missing: 0 }
  /** Those that had come when the list was first seen to have changed. */
  let before: Set<number> | undefined

  return { blocks, end, reach, take, load, fill, assemble, growths, sift, changed, finish }

  function take(block: number, { songs }: SavedPage, askedAt = (step += 1)): void {
    const from = block * blockSize
    const to = Math.min(blockSize, Math.max(total - from, 0))
    const sent = songs.slice(0, to)
    const missing = to - sent.length
    if (missing > 0) short.add(from)
    came.sent += sent.length
    came.missing += missing
    blocks.set(block, { pack: pack(sent), from: 0, to: sent.length, missing, askedAt, cameAt: (step += 1) })
  }

  /** Its songs, none where Spotify does not send it. Rejects with ListChangedError where their number is another by now. */
  async function load(block: number): Promise<readonly Song[]> {
    const songs = (await attempt(block)) ?? (await attemptAgain(block))
    if (!songs) {
      unreadable.add(block * blockSize)
      const places = Math.min(blockSize, total - block * blockSize)
      blocks.set(block, { pack: undefined, from: 0, to: places, missing: 0, askedAt: step, cameAt: (step += 1) })
    }
    return songs ?? []
  }

  async function attempt(block: number): Promise<readonly Song[] | undefined> {
    if (unreadable.has(block * blockSize)) return undefined
    const askedAt = (step += 1)
    const page = await ask(block * blockSize).catch(ifDown)
    if (!page) return undefined
    if (page.total !== total) changed(page.total - total)
    take(block, page, askedAt)
    return page.songs
  }

  async function attemptAgain(block: number) {
    if (!unreadable.has(block * blockSize)) await sleep(pause, undefined, { ref: false })
    return attempt(block)
  }

  /**
   * Requests those blocks, eight at once, and leaves out what Spotify does not send the second time either. Where it
   * sends nothing at all any more, less than it says, or where that goes on, the others are left for another time.
   * `base`: what is known of the others. `later`: how many more are to come after them.
   */
  async function fill(wanted: readonly number[], base: Segments, later = 0): Promise<void> {
    let left = wanted
    await plan(left.length + later)
    const report = (): void => {
      const missing = left.filter((block) => !blocks.has(block)).length + later
      const found = (): Segments => assemble(base)
      const sure = (): Segments | undefined => (before || growths(base).length > 0 ? undefined : found())
      progress(Math.max(reach - missing * blockSize, 0), total, found, sure)
    }
    report()
    for (let stretches = 0; stretches < mostStretches;) {
      left = left.filter((block) => !blocks.has(block) && !unreadable.has(block * blockSize))
      const failed: number[] = []
      const before = blocks.size
      await runConcurrently(left, concurrency, async (block) => {
        if (failed.length >= mostFailed || came.missing > Math.max(came.sent, mostMissing)) return
        if (await attempt(block)) report()
        else failed.push(block)
      })
      const [first] = failed
      if (first === undefined) return
      if (!(await attemptAgain(first))) {
        for (const block of failed) unreadable.add(block * blockSize)
        stretches += 1
      }
      if (blocks.size === before || (came.missing > 0 && !blocks.has(first))) return
    }
  }

  /** What was requested in its places, and what is known of the others. */
  function assemble(base: Segments): Segment[] {
    const requested = range(0, end).flatMap((block) => {
      const fetched = blocks.get(block)
      return fetched ? [fetched, ...unknown(fetched.missing)] : blockOf(base, block)
    })
    return compact([...requested, ...slice(base, reach, total)], pack)
  }

  /** The list has changed meanwhile. Throws ListChangedError where that is not tolerated. `late`: a block from afterwards. */
  function changed(by = 0, late?: number): void {
    if (tolerant) return void (before ??= new Set(blocks.keys().filter((block) => block !== late)))
    if (late !== undefined) blocks.delete(late)
    throw new ListChangedError(by)
  }

  /** Hands over a list that was read to its end. `known`: what is sure where it changed; without it what came before. */
  function finish(base: Segments, known?: Segments): void {
    const all = assemble(base)
    if (!before) return keep(all)
    sift(base)
    keep(all, known ?? assemble(base))
  }

  /** Drops what was under way when the list grew, and what came after a change. `base`: what was known before. */
  function sift(base: Segments): void {
    for (const block of blocks.keys()) if (before?.has(block) === false) blocks.delete(block)
    for (const { from, to } of growths(base))
      for (const [block, { askedAt, cameAt }] of blocks) if (cameAt > from && askedAt < to) blocks.delete(block)
  }

  /** From when to when the list has grown, where neighbours overlap: a block's first song is also in the block before. */
  function growths(base: Segments): { from: number; to: number }[] {
    return [...blocks].flatMap(([block, { pack, to, cameAt }]) => {
      const previous = blocks.get(block - 1)
      const before = previous ? [previous] : blockOf(base, block - 1)
      const hasGrown = pack && to > 0 && indexOfSong(before, songIn(pack, 0)) !== undefined
      return hasGrown ? [{ from: previous?.askedAt ?? 0, to: cameAt }] : []
    })
  }
}

/** Undefined for what was not sent. */
export function ifDown(error: unknown): undefined {
  if (!(error instanceof SpotifyDownError)) throw error
}

/** The part of a list that makes a block. */
export function blockOf(segments: Segments, block: number): Segment[] {
  return slice(segments, block * blockSize, (block + 1) * blockSize)
}
