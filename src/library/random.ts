import { randomInt } from 'node:crypto'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import type { BlockReader } from './block-reader.ts'

/** One song, drawn from all of somebody's liked songs. */
export interface RandomSong {
  /** Undefined when there is none to draw. */
  readonly song: Song | undefined
  /** Its number in the list, where the newest carries `total`; 0 without a song. */
  readonly number: number
  readonly total: number
}

export async function draw({ list, read, need }: BlockReader): Promise<RandomSong> {
  await read([0])
  const drawn = randomInt(Math.max(list.total, 1))
  const block = drawn - (drawn % blockSize)
  await need(block)
  const { total, blocks } = list
  // Where no song is at the place that was drawn, the songs around it are drawn from, and then the newest.
  for (const from of [block, 0]) {
    const songs = blocks.get(from)?.songs ?? []
    const places = songs.flatMap(({ uri }, index) => (uri.startsWith('missing:') ? [] : [from + index]))
    const place = places.includes(drawn) ? drawn : places[randomInt(Math.max(places.length, 1))]
    if (place !== undefined) return { song: songs[place - from], number: total - place, total }
  }
  return { song: undefined, number: 0, total }
}
