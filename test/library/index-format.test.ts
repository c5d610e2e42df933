import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeIndex, encodeIndex, headOf } from '../../src/library/index-format.ts'
import { createRowsDecoder, createRowsEncoder } from '../../src/library/index-rows.ts'
import { createPacker } from '../../src/library/packed-songs.ts'
import {
  lengthOf,
  slice,
  songCount,
  songsBetween,
  unknown,
  type Segment,
  type Segments,
} from '../../src/library/segments.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { songOf, songsOf } from './list-fixture.ts'
import { runs } from '../world/runs.ts'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const id = '0123456789abcdefghijKL'
const text = fc.string({ unit: 'binary', maxLength: 12 })
const songs: fc.Arbitrary<Song> = fc
  .tuple(
    fc.record({
      title: text,
      album: fc.oneof(text, fc.constantFrom('', 'undefined', 'An album')),
      artists: fc.array(fc.oneof(text, fc.constantFrom('["A"]', '=A', 'A')), { maxLength: 3 }),
      addedAt: fc.option(fc.oneof(fc.integer(), fc.constantFrom(1_700_000_000_000, 1_136_073_600_000)), {
        nil: undefined,
      }),
      explicit: fc.constantFrom(true, false, undefined),
      cover: fc.option(
        fc.oneof(
          text,
          fc.constantFrom('ab', '0f').map((hex) => `https://i.scdn.co/image/${hex.repeat(20)}`),
        ),
        { nil: undefined },
      ),
    }),
    fc.oneof(
      fc.constant({}),
      fc.record({
        uri: fc.constantFrom(
          'missing:3',
          'spotify:local:a:b:c:9',
          `spotify:track:${id}`,
          `spotify:episode:${id}`,
          'odd',
        ),
        url: fc.constantFrom(undefined, `https://open.spotify.com/track/${id}`, ''),
      }),
    ),
  )
  .map(([one, other]) => songOf(1, { ...one, ...other }))

/** Of several songs, in places that nothing is known of, and parts of packs. */
const lists: fc.Arbitrary<Segments> = fc
  .array(
    fc.oneof(
      fc.nat(60).map(unknown),
      fc
        .tuple(fc.array(songs, { maxLength: 30 }), fc.nat(3), fc.nat(3))
        .map(([some, first, last]) => slice(packed(some), first, some.length - last)),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.flat())

test('what is decoded is what was encoded: every song in its place, and what is not known', async () => {
  await fc.assert(
    fc.asyncProperty(
      lists,
      fc.boolean(),
      fc.oneof(fc.constant(-Infinity), fc.nat()),
      async (segments, complete, at) => {
        const bytes = await encodeIndex({ segments, complete, at })
        const decoded = await decodeIndex(bytes)
        expect(decoded).toMatchObject({ complete, at })
        expect(placesOf(decoded.segments)).toStrictEqual(placesOf(segments))
        expect(headOf(bytes)).toMatchObject({ songs: songCount(segments), complete })
        expect(placesOf((await decodeIndex(await encodeIndex(decoded))).segments)).toStrictEqual(placesOf(segments))
      },
    ),
    { numRuns: runs(30) },
  )
})

test('thousands of songs over many turns, and songs liked twice', async () => {
  const list = [...songsOf(2600), ...songsOf(10)]
  const segments = [...packed(list), ...unknown(200), ...packed(songsOf(300))]
  const decoded = await decodeIndex(await encodeIndex({ segments, complete: false, at: 1 }))
  expect(placesOf(decoded.segments)).toStrictEqual(placesOf(segments))
  expect(lengthOf(decoded.segments)).toBe(lengthOf(segments))
})

test('bytes that are cut, altered, of another version or nothing at all are refused', async () => {
  const bytes = await encodeIndex({ segments: packed(songsOf(120)), complete: true, at: 1 })
  const otherVersion = Buffer.from(bytes)
  otherVersion[0] = 99
  const broken = [Buffer.alloc(0), Buffer.of(1), otherVersion, Buffer.from('something else'), bytes.subarray(0, -1)]
  for (const some of broken) await expect(decodeIndex(some)).rejects.toThrow()
})

test('in lines of an earlier release it is not known which songs are explicit', () => {
  const [ids, covers, words] = createRowsEncoder()(songsOf(3).map((song) => ({ ...song, explicit: true })))
  const { ratings, ...earlier } = JSON.parse(words) as Record<string, unknown>
  expect(ratings).toBe('eee')
  const decode = createRowsDecoder(Buffer.from(ids), Buffer.from(covers, 'hex'))
  expect(decode(JSON.stringify(earlier))).toStrictEqual(songsOf(3).map((song) => ({ ...song, explicit: undefined })))
})

/** Of letters that nothing compresses, the same at each run. */
function createLetters() {
  let seed = 1
  return (length: number, letters: string): string => {
    const drawn = Array.from({ length }, () => {
      seed = (seed * 48_271) % 2_147_483_647
      return letters[seed % letters.length]
    })
    return drawn.join('')
  }
}

test('10,000 singles take 450 kB at most, each with an album of its name and a cover of its own', async () => {
  const random = createLetters()
  const list = songsOf(10_000).map((song, index): Song => {
    const track = random(22, base62)
    // As long as two words that share nothing with others.
    const title = `${random(5, base62)} Song ${random(2, base62)}`
    const cover = `https://i.scdn.co/image/ab67616d0000b273${random(24, '0123456789abcdef')}`
    const addedAt = (song.addedAt ?? 0) + (index % 7) * 13_000
    return {
      ...{ ...song, uri: `spotify:track:${track}`, url: `https://open.spotify.com/track/${track}` },
      ...{ title, album: title, cover, addedAt },
    }
  })
  const bytes = await encodeIndex({ segments: packed(list), complete: true, at: 1 })
  expect(bytes.length).toBeLessThan(450_000)
  expect(songsBetween((await decodeIndex(bytes)).segments, 0, Infinity)).toStrictEqual(list)
})

test('10,000 songs take 450 kB at most, with ids and covers that nothing compresses', async () => {
  const random = createLetters()
  const list = songsOf(10_000).map((song, index): Song => {
    const track = random(22, base62)
    const album = `Album ${Math.floor(index / 4)}`
    return { ...song, uri: `spotify:track:${track}`, url: `https://open.spotify.com/track/${track}`, album }
  })
  const covers = Array.from({ length: 2500 }, () => `https://i.scdn.co/image/${random(40, '0123456789abcdef')}`)
  const covered = list.map((song, index) => ({ ...song, cover: covers[Math.floor(index / 4)] }))
  const bytes = await encodeIndex({ segments: packed(covered), complete: true, at: 1 })
  expect(bytes.length).toBeLessThan(449_000)
  expect(songsBetween((await decodeIndex(bytes)).segments, 0, Infinity)).toStrictEqual(covered)
})

function packed(list: readonly Song[]): Segment[] {
  const pack = createPacker()
  return Array.from({ length: Math.ceil(list.length / 50) }, (_, index) => {
    const some = list.slice(index * 50, (index + 1) * 50)
    return { pack: pack(some), from: 0, to: some.length }
  })
}

/** Every song, and every run of places without one as its length. */
function placesOf(segments: Segments): (Song | number)[] {
  const places: (Song | number)[] = []
  for (const segment of segments) {
    const { pack, from, to } = segment
    const last = places.at(-1)
    if (pack) places.push(...songsBetween([segment], 0, Infinity))
    else if (typeof last === 'number') places.splice(-1, 1, last + to - from)
    else if (from < to) places.push(to - from)
  }
  return places
}
