import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, deflate, inflate } from 'node:zlib'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { createRowsDecoder, createRowsEncoder } from './index-rows.ts'
import { createPacker, songIn } from './packed-songs.ts'
import { slice, songCount, unknown, type Segment, type Segments } from './segments.ts'

/** What is stored of a library. */
export interface StoredIndex {
  readonly segments: Segments
  /** Whether that was the whole list at some time. */
  readonly complete: boolean
  /** When it was last seen to be the list as it is, in milliseconds; -Infinity for never. */
  readonly at: number
}

interface Head extends Pick<StoredIndex, 'complete'> {
  readonly at: number | null
  /** Songs that are known. */
  readonly songs: number
  /** So many songs that are known, so many places that are not, songs again and so on. */
  readonly runs: readonly number[]
}

/** Changes with the layout: an index of another one is read anew. */
const version = 2
/** So many songs take a millisecond at most; then others have their turn. */
const turnSongs = 100

const [compress, decompress] = [promisify(deflate), promisify(inflate)]
const [compressWords, decompressWords] = [promisify(brotliCompress), promisify(brotliDecompress)]
const inOnePiece = { chunkSize: 2 ** 20 }
const forWords = { ...inOnePiece, params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/**
 * A head and three parts, each compressed on its own on another thread: ids are random letters, covers are bytes that
 * begin alike, what is left is words.
 */
export async function encodeIndex({ segments, complete, at }: StoredIndex): Promise<Buffer> {
  const texts: [ids: Buffer[], covers: Buffer[], words: Buffer[]] = [[], [], []]
  const encode = createRowsEncoder()
  for (const songs of inTurns(segments)) {
    for (const [index, text] of encode(songs).entries())
      texts[index]?.push(Buffer.from(text, index === 1 ? 'hex' : 'utf8'))
    await turn()
  }
  const runs = runsOf(segments)
  const head: Head = { complete, at: Number.isFinite(at) ? at : null, songs: songCount(segments), runs }
  const [ids, covers, words] = texts.map((text) => Buffer.concat(text)) as [Buffer, Buffer, Buffer]
  const parts = await Promise.all([
    compress(ids, inOnePiece),
    compress(covers, inOnePiece),
    compressWords(words, forWords),
  ])
  return Buffer.concat([Buffer.of(version), ...[Buffer.from(JSON.stringify(head)), ...parts].flatMap(withSize)])
}

/** Rejects where the bytes are not what `encodeIndex` has made. */
export async function decodeIndex(bytes: Buffer): Promise<StoredIndex> {
  const { head, parts } = split(bytes)
  const [ids, images, words] = await Promise.all(
    parts.map((part, index) => (index === 2 ? decompressWords : decompress)(part, inOnePiece)),
  )
  if (!ids || !images || !words) throw new TypeError('A part is missing')
  const decode = createRowsDecoder(ids, images)
  const pack = createPacker()
  const known: Segment[] = []
  for (const line of linesOf(words)) {
    const songs = decode(line)
    for (let from = 0; from < songs.length; from += blockSize) {
      const some = songs.slice(from, from + blockSize)
      known.push({ pack: pack(some), from: 0, to: some.length })
    }
    await turn()
  }
  let place = 0
  const segments = head.runs.flatMap((count, index) =>
    index % 2 === 0 ? slice(known, place, (place += count)) : unknown(count),
  )
  return { segments, complete: head.complete, at: head.at ?? -Infinity }
}

/** How many songs are known in an index, and whether that was all; undefined in what is none of this version. */
export function headOf(bytes: Buffer): Pick<Head, 'songs' | 'complete'> | undefined {
  try {
    return split(bytes).head
  } catch {
    return undefined
  }
}

/** Whether they are from a release with another layout, and good for that. */
export function isOtherVersion(bytes: Buffer): boolean {
  return bytes[0] !== version
}

function* inTurns(segments: Segments): Generator<Song[]> {
  let songs: Song[] = []
  for (const { pack, from, to } of segments) {
    if (!pack) continue
    for (let index = from; index < to; index += 1) {
      if (songs.push(songIn(pack, index)) < turnSongs) continue
      yield songs
      songs = []
    }
  }
  if (songs.length > 0) yield songs
}

function runsOf(segments: Segments): number[] {
  const runs = [0]
  for (const { pack, from, to } of segments) {
    if ((pack === undefined) === (runs.length % 2 === 1)) runs.push(0)
    runs.push((runs.pop() ?? 0) + to - from)
  }
  return runs
}

function* linesOf(text: Buffer): Generator<string> {
  for (let from = 0, to = 0; from < text.length; from = to + 1) {
    to = text.indexOf('\n', from)
    yield text.toString('utf8', from, to)
  }
}

function withSize(part: Buffer): [size: Buffer, part: Buffer] {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(part.length)
  return [size, part]
}

function split(bytes: Buffer): { head: Head; parts: Buffer[] } {
  if (bytes[0] !== version) throw new TypeError('Another version')
  const parts: Buffer[] = []
  for (let at = 1; at < bytes.length;) {
    const from = at + 4
    at = from + bytes.readUInt32LE(at)
    parts.push(bytes.subarray(from, at))
  }
  return { head: JSON.parse(String(parts.shift())) as Head, parts }
}
