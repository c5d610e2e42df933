import { blockSize } from '../spotify/client.ts'
import { SpotifyDownError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import type { BlockReader } from './block-reader.ts'
import { range } from './segments.ts'

/** Blocks that are requested at most: one behind a known block, and as many halvings as reach each of 100,000 songs. */
export const maxProbes = 12
/** Where among the blocks that are left to look; further on where Spotify does not send what is there. */
const places = [1 / 2, 1 / 4, 3 / 4, 1 / 2]

/**
 * The offset of the newest song liked before a time, the end of the list when there is none; and how many songs around
 * it Spotify does not send. Rejects with SpotifyDownError where it sends too little to tell.
 */
export async function firstBefore({ list, fresh, attempt }: BlockReader, time: number) {
  let found = list.total
  /** The blocks in which the song may be and that may tell a date. */
  let candidates = range(0, Math.ceil(list.total / blockSize))
  for (const offset of list.blocks.keys()) narrow(offset / blockSize, fresh(offset)?.songs)

  const isUnreadable = (block: number): boolean => list.unreadable.has(block * blockSize)
  for (let probes = 0, failed = 0; probes < maxProbes;) {
    const readable = candidates.filter((block) => !isUnreadable(block))
    const middle = readable[Math.floor(readable.length * (places[failed] ?? 0))]
    const block = probes === 0 && failed === 0 ? (justBehind(readable[0]) ?? middle) : middle
    if (block === undefined) break
    if (failed >= places.length) throw new SpotifyDownError('The blocks around a date were not sent')
    const cached = fresh(block * blockSize)?.songs
    if (!cached) probes += 1
    const songs = cached ?? (await attempt(block * blockSize))
    if (songs) narrow(block, songs)
    else failed += 1
  }
  const missing = missingBefore(found)
  const unread = candidates.filter(isUnreadable).length * blockSize + missing
  // No song is where the last ones should be.
  const place = missing > 0 && found >= list.total ? Math.max(list.total - missing - 1, 0) : Math.min(found, list.total)
  return { place, unread: Math.min(unread, list.total) }

  /** The first candidate, where the block before it is known and ends hardly later than that time. */
  function justBehind(block: number | undefined): number | undefined {
    // Nothing is before the first block, and to ask the index for it would make fifty songs that are missing.
    if (!block) return undefined
    const times = fresh((block - 1) * blockSize)?.songs.flatMap(({ addedAt }) => addedAt ?? []) ?? []
    const [newest, oldest] = [times[0], times.at(-1)]
    const isClose = newest !== undefined && oldest !== undefined && oldest - time <= newest - oldest
    return isClose ? block : undefined
  }

  /** Places just before one that nothing was sent for. */
  function missingBefore(place: number): number {
    const offset = Math.floor((place - 1) / blockSize) * blockSize
    const isEnd = place === list.total || place % blockSize === 0
    return (isEnd && list.blocks.get(offset)?.missing) || 0
  }

  function narrow(block: number, songs: readonly Song[] | undefined): void {
    if (!songs || !candidates.includes(block)) return
    const index = firstEarlier(songs, time)
    if (index === undefined) candidates = candidates.filter((other) => other !== block)
    else if (index === songs.length) candidates = candidates.filter((other) => other > block)
    else {
      found = block * blockSize + index
      candidates = index > 0 ? [] : candidates.filter((other) => other < block)
    }
  }
}

/**
 * From which index on the songs of a block were liked before that time, 0 where all of them were; undefined without
 * dates. A few in a wrong place, as within a second or after an import, do not decide.
 */
function firstEarlier(songs: readonly Song[], time: number): number | undefined {
  const dated = songs.flatMap(({ addedAt }, index) => (addedAt === undefined ? [] : [{ index, addedAt }]))
  /** How many more later songs than earlier ones come before, and where that is most. */
  let surplus = 0
  let best = { surplus, index: 0 }
  for (const { index, addedAt } of dated) {
    surplus += addedAt < time ? -1 : 1
    if (surplus > best.surplus) best = { surplus, index: index + 1 }
  }
  if (best.index === 0) return dated.length > 0 ? 0 : undefined
  return dated.find(({ index, addedAt }) => index >= best.index && addedAt < time)?.index ?? songs.length
}
