import { setImmediate as turn } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Song } from '../spotify/parse.ts'
import { idLength, textStart } from './packed-songs.ts'
import type { PageRequest } from './page.ts'
import { positionAmong, type Hit } from './search.ts'
import { range, songsBetween, type Segments } from './segments.ts'

/** The libraries of two people. */
export type Both = readonly [one: Segments, other: Segments]

/** What both have liked, newest first by the later of the two likes. */
interface CommonSongs {
  /** Of each in the two lists, in turn. */
  readonly places: Uint32Array
  /** When the later like was, in milliseconds; NaN where neither has a date. */
  readonly times: Float64Array
}

/** A song that two people have liked. */
export interface CommonSong {
  /** As it was liked later, with the time of that; where only the other one has a link, that one. */
  readonly song: Song
  /** When each has liked it, in milliseconds. */
  readonly likedAt: readonly (number | undefined)[]
  /** They have it from different releases. */
  readonly isOtherRelease: boolean
}

// 40,000 songs in common take 640 kB.
const maxBytes = 4_000_000
/** So many songs are gone through without a pause: a few milliseconds. */
const stride = 2_000

/** Compares libraries, and remembers the last comparisons as places: no song stays in memory by them. */
export function createCommonSongs() {
  let last = 0
  const numbers = new WeakMap<Segments, number>()
  const numberOf = (segments: Segments): number => {
    const number = numbers.get(segments) ?? (last += 1)
    numbers.set(segments, number)
    return number
  }
  const sizeCalculation = ({ places }: CommonSongs): number => places.byteLength * 2 + 1_000
  const known = new LRUCache<string, CommonSongs>({ maxSize: maxBytes, sizeCalculation })

  return async (both: Both): Promise<CommonSongs> => {
    const key = both.map(numberOf).join(' ')
    const common = known.get(key) ?? (await compare(both))
    known.set(key, common)
    return common
  }
}

/** A page of them; `offset` counts songs in common. */
export function commonPage(both: Both, all: CommonSongs, request: PageRequest) {
  const position = positionAmong(all.times, (index) => [commonAt(both, all, index).song], request)
  const common = range(position.from, position.to).map((index) => commonAt(both, all, index))
  return { ...position, songs: common.map(({ song }) => song), common }
}

/** The newest of them. */
export function newestCommon(both: Both, all: CommonSongs, most: number): Song[] {
  return range(0, Math.min(most, all.times.length)).map((index) => commonAt(both, all, index).song)
}

/** The same song by its id, else by its title and artists; one that somebody has liked twice counts once. */
async function compare([one, other]: Both): Promise<CommonSongs> {
  const seen = new Set<string>()
  const pairs: { readonly time: number; readonly places: readonly number[] }[] = []
  for (const keyOf of [idOf, textOf]) {
    const known = new Map<string, Hit>()
    await inTurns(one, (hit) => {
      const key = keyOf(hit)
      if (key !== undefined && !known.has(key)) known.set(key, hit)
    })
    await inTurns(other, (hit) => {
      const key = keyOf(hit) ?? ''
      const same = known.get(key)
      if (!same || seen.has(key)) return
      const hits = [same, hit]
      // Two songs of the same name that both have are two; of what they have from other releases each name counts once.
      for (const name of [key, ...hits.map((each) => textOf(each) ?? '')]) seen.add(name)
      pairs.push({ time: Math.max(...hits.map(timeOf)), places: hits.map(({ place }) => place) })
    })
  }
  await turn()
  pairs.sort((a, b) => (a.time === b.time ? 0 : b.time - a.time))
  await turn()
  const times = Float64Array.from(pairs, ({ time }) => (Number.isFinite(time) ? time : NaN))
  return { places: Uint32Array.from(pairs.flatMap((pair) => pair.places)), times }
}

async function inTurns(segments: Segments, visit: (hit: Hit) => void): Promise<void> {
  let [start, visited] = [0, 0]
  for (const { pack, from, to } of segments) {
    if (pack)
      for (let index = from; index < to; index += 1, visited += 1) {
        visit({ place: start + index - from, pack, index })
        if (visited % stride === stride - 1) await turn()
      }
    start += to - from
  }
}

/** The same for the very same song; undefined for a file of somebody's own, and where Spotify did not say which it is. */
function idOf({ pack, index }: Hit): string | undefined {
  const { uri } = pack.odd?.get(index) ?? {}
  if (uri === undefined) return pack.ids.slice(index * idLength, (index + 1) * idLength)
  return isLocal({ uri }) || uri.startsWith('missing:') ? undefined : uri.replace('spotify:track:', '')
}

/** Title and artists, normalized; undefined for a song without a title. */
function textOf({ pack, index }: Hit): string | undefined {
  const start = textStart(pack, index)
  const title = pack.normalized.indexOf('\n', start)
  return title > start ? pack.normalized.slice(start, pack.normalized.indexOf('\n', title + 1)) : undefined
}

function timeOf({ pack, index }: Hit): number {
  const time = pack.addedAt[index] ?? NaN
  return Number.isNaN(time) ? -Infinity : time
}

function commonAt(both: Both, { places, times }: CommonSongs, index: number): CommonSong {
  const time = times[index] ?? NaN
  const [one, other] = both.map((segments, side) => {
    const place = places[index * 2 + side] ?? 0
    return songsBetween(segments, place, place + 1)[0]
  })
  if (!one || !other) throw new TypeError('A song in common is in no list')
  const [later, earlier] = (other.addedAt ?? -Infinity) > (one.addedAt ?? -Infinity) ? [other, one] : [one, other]
  const song = later.url || !earlier.url ? later : earlier
  return {
    song: { ...song, addedAt: Number.isNaN(time) ? undefined : time },
    likedAt: [one.addedAt, other.addedAt],
    isOtherRelease: one.uri !== other.uri && !(isLocal(one) && isLocal(other)),
  }
}

function isLocal({ uri }: Pick<Song, 'uri'>): boolean {
  return uri.startsWith('spotify:local:')
}
