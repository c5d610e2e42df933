import type { Accounts } from '../accounts/accounts.ts'
import type { Link } from '../accounts/links.ts'
import { blockSize, type SpotifyApi } from '../spotify/client.ts'
import { RateLimitedError, SpotifyDownError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { blocksFor, pageSize, place, type Place } from './pages.ts'
import { createViews, type Block, type View } from './views.ts'

/** One page of somebody's liked songs. */
export interface LikedPage extends Place {
  readonly songs: readonly Song[]
  /** How many there are now. The song at index i of the page carries the number `total - from - i`. */
  readonly total: number
  /** How many were liked since the anchor. */
  readonly newer: number
  /** The newest like when the list was first shown, in milliseconds; undefined when that is unknown. */
  readonly anchor: number | undefined
  /** Set when Spotify could not be asked and this is what was in hand, from that time. */
  readonly asOf: number | undefined
}

export interface PageRequest {
  readonly offset: number
  /** From an earlier page of the same list; without one the list is asked for anew and anchored at its newest. */
  readonly anchor?: number | undefined
  readonly market?: string | undefined
}

/** Somebody's liked songs. Rejects with NotLinkedError and the errors of `accounts` and `spotify`. */
export interface Library {
  /** The first page, or the one around an offset, of the list as it is now. */
  newest(person: string, request: Omit<PageRequest, 'anchor'>): Promise<LikedPage>
  /** A page of a list that was shown before, from what is in hand where possible. */
  turn(person: string, request: PageRequest): Promise<LikedPage>
  /** Where the page of that number, from 1, begins. */
  offsetOfPage(page: number): number
  /** Lets go of everything in hand of a link that is gone. */
  forget(link: Link): void
}

const attempts = 3
const mostFrontBlocks = 4

export function createLibrary(accounts: Accounts, api: SpotifyApi, now: () => number = Date.now): Library {
  const views = createViews(now)

  return {
    async newest(person, { offset, market }) {
      const reader = await open(person, market)
      const asOf = await orInHand(reader, () => reader.load(0))
      return show(reader, offset, newestLike(reader.view), asOf)
    },
    async turn(person, { offset, anchor, market }) {
      const reader = await open(person, market)
      // With nothing in hand both are asked for at once; newer songs seldom push the page into another block.
      const likely = views.fresh(reader.view, 0) ? [0] : [0, ...blocksFor(offset, offset + 1, blockSize)]
      const asOf = await orInHand(reader, () => Promise.all(likely.map(reader.need)), likely)
      return show(reader, offset, anchor, asOf)
    },
    offsetOfPage: (page) => (page - 1) * pageSize,
    forget: (link) => views.forget(`${link.id}:`),
  }

  async function open(person: string, market: string | undefined): Promise<Reader> {
    const link = await accounts.get(person)
    const view = views.of(`${link.id}:${market ?? ''}`)
    const load = (offset: number): Promise<void> => {
      const running = view.underWay.get(offset) ?? ask(offset).finally(() => view.underWay.delete(offset))
      view.underWay.set(offset, running)
      return running
    }
    const ask = async (offset: number): Promise<void> => {
      const page = await accounts.withToken(person, link, (token) => api.savedTracks(token, { offset, market }))
      views.put(view, page)
    }
    const need = async (offset: number): Promise<void> => {
      if (!views.fresh(view, offset)) await load(offset)
    }
    return { view, load, need }
  }

  async function show(reader: Reader, offset: number, anchor: number | undefined, asOf?: number): Promise<LikedPage> {
    const { view } = reader
    for (let attempt = 1; ; attempt += 1) {
      const { generation } = view
      const newer = anchor === undefined ? 0 : await countNewer(reader, anchor)
      const found = place(offset, view.total, newer)
      const offsets = blocksFor(found.from, found.to, blockSize)
      const stale = await orInHand(reader, () => Promise.all(offsets.map(reader.need)), offsets)
      // The list changed while it was read: what was counted belongs to the list before.
      if (view.generation !== generation && attempt < attempts) continue
      const songs = cut(view, offsets, found)
      if (found.page < found.pages) readAhead(reader, place(found.next, view.total, newer))
      return { ...found, songs, total: view.total, newer, anchor, asOf: asOf ?? stale }
    }
  }

  /** Songs liked since the anchor stand at the front; beyond a few blocks of them the page is close enough. */
  async function countNewer(reader: Reader, anchor: number): Promise<number> {
    let newer = 0
    for (let block = 0; block < mostFrontBlocks; block += 1) {
      await orInHand(reader, () => reader.need(block * blockSize), [block * blockSize])
      const songs = reader.view.blocks.get(block * blockSize)?.songs ?? []
      const found = songs.filter(({ addedAt }) => addedAt !== undefined && addedAt > anchor).length
      newer += found
      if (found < blockSize) break
    }
    return newer
  }

  /** One page ahead, so that the next press finds its songs in hand. A failure is left to that press. */
  function readAhead({ need }: Reader, { from, to }: Place): void {
    for (const offset of blocksFor(from, to, blockSize)) need(offset).catch(() => undefined)
  }
}

interface Reader {
  readonly view: View
  /** Asks Spotify, even when the block is in hand. */
  load(offset: number): Promise<void>
  /** Asks Spotify unless a fresh one is in hand. */
  need(offset: number): Promise<void>
}

/** Runs `ask`; when Spotify cannot answer but the blocks are in hand, the time from which they are. */
async function orInHand(
  { view }: Reader,
  ask: () => Promise<unknown>,
  offsets: readonly number[] = [0],
): Promise<number | undefined> {
  try {
    await ask()
    return undefined
  } catch (error) {
    const inHand = offsets.map((offset) => view.blocks.get(offset))
    const away = error instanceof RateLimitedError || error instanceof SpotifyDownError
    if (!away || !inHand.every((block) => block !== undefined)) throw error
    return Math.min(...inHand.map(({ at }) => at))
  }
}

function newestLike(view: View): number | undefined {
  const times = (view.blocks.get(0)?.songs ?? []).flatMap(({ addedAt }) => addedAt ?? [])
  return times.length > 0 ? Math.max(...times) : undefined
}

function cut(view: View, offsets: readonly number[], { from, to }: Place): Song[] {
  return offsets.flatMap((offset) => {
    const block: Block | undefined = view.blocks.get(offset)
    return block?.songs.slice(Math.max(from - offset, 0), Math.max(to - offset, 0)) ?? []
  })
}
