import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { syncLibrary } from '../../src/library/sync.ts'
import { lengthOf, songCount, type Segments } from '../../src/library/segments.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createListFixture, songOf, songsOf } from './list-fixture.ts'
import { change, edit, listed, quiet, read, stored } from './edits.ts'
import { runs } from '../world/runs.ts'

/** And whether the process ends before it, so that the list comes from the store. */
const anyEditKept = fc.tuple(edit(5, 3), fc.boolean())

describe('what is known of a list is the list', () => {
  test('read from nothing: every block once; one of a single block costs a second request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1500), async (size) => {
        const list = createListFixture(songsOf(size))
        expect(listed(await read(list, []))).toEqual(list.songs)
        const blocks = Math.max(Math.ceil(size / 50), 1)
        expect(list.asked.length).toBe(blocks > 1 ? blocks : size > 0 ? 2 : 1)
        expect(list.busy.most).toBeLessThanOrEqual(8)
      }),
      { numRuns: runs(15) },
    )
  })

  test('after any few edits, for no more requests than reading it anew', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1500), fc.array(anyEditKept, { minLength: 1, maxLength: 4 }), async (size, edits) => {
        const list = createListFixture(songsOf(size))
        let segments = await read(list, [])
        for (const [index, [one, isStored]] of edits.entries()) {
          change(list, one, (index + 1) * 10_000)
          list.asked.length = 0
          segments = await read(list, isStored ? await stored(segments) : segments)
          expect(listed(segments)).toEqual(list.songs)
          expect(list.asked.length).toBeLessThanOrEqual(Math.max(Math.ceil(list.songs.length / 50), 1) + 1)
          expect(new Set(list.asked.slice(0, -1)).size).toBe(Math.max(list.asked.length - 1, 0))
        }
      }),
      { numRuns: runs(20) },
    )
  })

  test('3 saves and 1 removal anywhere in 10,000 songs cost 10 requests at most', async () => {
    const list = createListFixture(songsOf(10_000))
    let segments = await read(list, [])
    expect(list.asked.length).toBe(200)
    let saved = 20_000
    await fc.assert(
      fc.asyncProperty(fc.nat(9_999), async (removed) => {
        list.songs.splice(removed, 1)
        change(list, { saves: 3, removals: [] }, (saved += 10))
        list.asked.length = 0
        segments = await read(list, segments)
        expect(list.asked.length).toBeLessThanOrEqual(10)
        list.songs.pop()
        list.songs.pop()
        segments = await read(list, segments)
      }),
      { numRuns: runs(15) },
    )
    expect(listed(segments)).toEqual(list.songs)
  })

  test('hundreds of new songs, an import into the middle, and a list made empty', async () => {
    const list = createListFixture(songsOf(2000))
    const segments = await read(list, [])
    change(list, { saves: 333, removals: [0.5] }, 30_000)
    const grown = await read(list, segments)
    expect(listed(grown)).toEqual(list.songs)
    list.songs.splice(700, 0, ...Array.from({ length: 120 }, (_, index) => songOf(90_000 + index)))
    const imported = await read(list, grown)
    expect(listed(imported)).toEqual(list.songs)
    list.songs = []
    expect(listed(await read(list, imported))).toEqual([])
  })

  test('a list that is known to be small is asked for once', async () => {
    const list = createListFixture(songsOf(50))
    const kept: { segments: Segments } = { segments: [] }
    await syncLibrary([], list.answer, { ...quiet(list), about: 50, keep: (segments) => (kept.segments = segments) })
    expect(listed(kept.segments)).toEqual(list.songs)
    expect(list.asked).toEqual([0])
  })

  test('a reading that was broken off goes on where it was, though the list has changed since', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 51, max: 1500 }),
        fc.nat(),
        fc.tuple(edit(5, 0), fc.boolean()),
        async (size, part, [later, isStored]) => {
          const list = createListFixture(songsOf(size))
          const blocks = 1 + (part % (Math.ceil(size / 50) - 1))
          list.beforeAnswer = (request) => {
            if (request > blocks) throw new RateLimitedError(Date.now() + 3_600_000, 'quota')
          }
          const broken: { segments: Segments } = { segments: [] }
          await expect(read(list, [], broken)).rejects.toThrow(RateLimitedError)
          expect(listed(broken.segments)).toEqual(list.songs.slice(50, (blocks + 1) * 50))
          list.beforeAnswer = () => undefined
          list.asked.length = 0
          change(list, later, 10_000)
          const known = isStored ? await stored(broken.segments) : broken.segments
          expect(listed(await read(list, known))).toEqual(list.songs)
          expect(list.asked.length).toBeLessThanOrEqual(Math.ceil(size / 50) - blocks + 3)
        },
      ),
      { numRuns: runs(15) },
    )
  })

  test('SP-102 a block that comes short leaves places that are unknown and is not asked for again at once', async () => {
    const list = createListFixture(songsOf(500))
    const answer = async (offset: number) => {
      const page = await list.answer(offset)
      return offset === 100 ? { ...page, songs: page.songs.slice(0, 5) } : page
    }
    const broken: { segments: Segments } = { segments: [] }
    const report = { ...quiet(list), short: new Set<number>() }
    for (const asked of [10, 11]) {
      await syncLibrary(broken.segments, answer, { ...report, keep: (segments) => (broken.segments = segments) })
      expect(list.asked.length).toBe(asked)
    }
    expect(
      listed(broken.segments)
        .map(({ title }) => title)
        .slice(103, 107),
    ).toEqual(['Song 397', 'Song 396', 'Song 350', 'Song 349'])
    expect([songCount(broken.segments), lengthOf(broken.segments)]).toEqual([455, 500])
  })
})
