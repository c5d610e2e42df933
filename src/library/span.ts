import { blockSize, disorder } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { firstBefore } from './binary-search.ts'
import type { BlockReader } from './block-reader.ts'
import { blocksFor } from './page.ts'

/** Songs liked at `from` or later and before `to`, in milliseconds; without them of any time. */
export interface SpanRequest {
  readonly from?: number
  readonly to?: number
  /** The newest of them, so many. */
  readonly most: number
  /** How many requests it may take in all, with those for something else that depends on how many songs there are. */
  readonly budget: number
  others(songs: number): number
}

const maxAttempts = 3

/** The songs; or about how many requests they would take at most, where those are too many. */
export async function readSpan(reader: BlockReader, { from = -Infinity, to, most, budget, others }: SpanRequest) {
  const { list, fresh } = reader
  let spent = 1
  const attempt = async (offset: number): Promise<readonly Song[] | undefined> => {
    if (!fresh(offset)) spent += 1
    return reader.attempt(offset)
  }
  await reader.load(0)
  await reader.openIndex()
  for (let tries = 1; ; tries += 1) {
    const { generation } = list
    const place = to === undefined ? 0 : (await firstBefore({ ...reader, attempt }, to)).place
    const found: Song[] = []
    let [unread, offset] = [0, place - (place % blockSize)]
    for (; offset < list.total && found.length <= most; offset += blockSize) {
      const rest = Math.min(most - found.length, list.total - Math.max(offset, place))
      const blocks = blocksFor(offset, offset + rest, blockSize).filter((block) => !fresh(block))
      const needed = spent + blocks.length + others(found.length + rest)
      // How long a period is shows itself only on the way.
      const isTooMuch = from === -Infinity ? needed > budget : spent + others(found.length) >= budget
      if (blocks.length > 0 && isTooMuch) return { needed }
      const songs = await attempt(offset)
      if (!songs) unread += Math.min(blockSize, list.total - offset)
      const times = songs?.flatMap(({ addedAt }) => addedAt ?? []) ?? []
      const isOf = ({ addedAt }: Song): boolean =>
        to === undefined || (addedAt !== undefined && addedAt >= from && addedAt < to)
      found.push(...(songs ?? []).slice(Math.max(place - offset, 0)).filter(isOf))
      if (times.length > 0 && Math.max(...times) < from - disorder) break
      if (to === undefined && found.length >= most) break
    }
    if (list.generation !== generation && tries < maxAttempts) continue
    const isCut = to !== undefined && found.length > most
    return { songs: found.slice(0, most), unread, isCut }
  }
}
