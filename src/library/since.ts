import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import type { BlockReader } from './block-reader.ts'

const mostBlocks = 4
// Within a minute Spotify does not list by seconds.
const disorder = 60_000

/** The songs liked since a time, block by block until one reaches back further. */
export async function songsLikedSince(
  { list: view, loaded: given, prefetch: ahead, fresh }: BlockReader,
  time: number,
  asOf?: number,
): Promise<Song[]> {
  const songs: Song[] = []
  for (let offset = 0; offset < mostBlocks * blockSize; offset += blockSize) {
    // Nobody waits for a single member, so people in front of a page go first.
    await (view.underWay.get(offset) ?? ahead(offset, asOf))
    const block = fresh(offset) ?? given.get(offset) ?? []
    songs.push(...block)
    const times = block.flatMap(({ addedAt }) => addedAt ?? [])
    if (Math.min(...times) < time - disorder || offset + blockSize >= view.total) break
  }
  return songs.filter(({ addedAt }) => addedAt !== undefined && addedAt >= time)
}
