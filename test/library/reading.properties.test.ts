import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { syncLibrary } from '../../src/library/sync.ts'
import type { Segments } from '../../src/library/segments.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createDesk, songOf, songsOf } from './desk.ts'
import { change, edit, listed, quiet, read } from './edits.ts'

describe('what is known of a list is the list', () => {
  test('read from nothing: every block once; one of a single block costs a second request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1500), async (size) => {
        const desk = createDesk(songsOf(size))
        expect(listed(await read(desk, []))).toEqual(desk.songs)
        const blocks = Math.max(Math.ceil(size / 50), 1)
        expect(desk.asked.length).toBe(blocks > 1 ? blocks : size > 0 ? 2 : 1)
        expect(desk.busy.most).toBeLessThanOrEqual(8)
      }),
      { numRuns: 60 },
    )
  })

  test('after any few edits, for no more requests than reading it anew', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1500), fc.array(edit(5, 3), { minLength: 1, maxLength: 4 }), async (size, edits) => {
        const desk = createDesk(songsOf(size))
        let runs = await read(desk, [])
        for (const [index, one] of edits.entries()) {
          change(desk, one, (index + 1) * 10_000)
          desk.asked.length = 0
          runs = await read(desk, runs)
          expect(listed(runs)).toEqual(desk.songs)
          expect(desk.asked.length).toBeLessThanOrEqual(Math.max(Math.ceil(desk.songs.length / 50), 1) + 1)
          expect(new Set(desk.asked.slice(0, -1)).size).toBe(Math.max(desk.asked.length - 1, 0))
        }
      }),
      { numRuns: 80 },
    )
  })

  test('3 saves and 1 removal anywhere in 10,000 songs cost 10 requests at most', async () => {
    const desk = createDesk(songsOf(10_000))
    let runs = await read(desk, [])
    expect(desk.asked.length).toBe(200)
    let saved = 20_000
    await fc.assert(
      fc.asyncProperty(fc.nat(9_999), async (removed) => {
        desk.songs.splice(removed, 1)
        change(desk, { saves: 3, removals: [] }, (saved += 10))
        desk.asked.length = 0
        runs = await read(desk, runs)
        expect(desk.asked.length).toBeLessThanOrEqual(10)
        desk.songs.pop()
        desk.songs.pop()
        runs = await read(desk, runs)
      }),
      { numRuns: 60 },
    )
    expect(listed(runs)).toEqual(desk.songs)
  })

  test('hundreds of new songs, an import into the middle, and a list made empty', async () => {
    const desk = createDesk(songsOf(2000))
    const runs = await read(desk, [])
    change(desk, { saves: 333, removals: [0.5] }, 30_000)
    const grown = await read(desk, runs)
    expect(listed(grown)).toEqual(desk.songs)
    desk.songs.splice(700, 0, ...Array.from({ length: 120 }, (_, index) => songOf(90_000 + index)))
    const imported = await read(desk, grown)
    expect(listed(imported)).toEqual(desk.songs)
    desk.songs = []
    expect(listed(await read(desk, imported))).toEqual([])
  })

  test('a list that is known to be small is asked for once', async () => {
    const desk = createDesk(songsOf(50))
    const kept: { runs: Segments } = { runs: [] }
    await syncLibrary([], desk.answer, { ...quiet(desk), about: 50, keep: (runs) => (kept.runs = runs) })
    expect(listed(kept.runs)).toEqual(desk.songs)
    expect(desk.asked).toEqual([0])
  })

  test('a reading that was broken off goes on where it was, though the list has changed since', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 51, max: 1500 }), fc.nat(), edit(5, 0), async (size, part, later) => {
        const desk = createDesk(songsOf(size))
        const blocks = 1 + (part % (Math.ceil(size / 50) - 1))
        desk.meddle = (request) => {
          if (request > blocks) throw new RateLimitedError(Date.now() + 3_600_000, 'quota')
        }
        const broken: { runs: Segments } = { runs: [] }
        await expect(read(desk, [], broken)).rejects.toThrow(RateLimitedError)
        expect(listed(broken.runs)).toEqual(desk.songs.slice(50, (blocks + 1) * 50))
        desk.meddle = () => undefined
        desk.asked.length = 0
        change(desk, later, 10_000)
        expect(listed(await read(desk, broken.runs))).toEqual(desk.songs)
        expect(desk.asked.length).toBeLessThanOrEqual(Math.ceil(size / 50) - blocks + 3)
      }),
      { numRuns: 60 },
    )
  })

  test('SP-102 a block that comes short leaves empty places and is not asked for again', async () => {
    const desk = createDesk(songsOf(500))
    const answer = async (offset: number) => {
      const page = await desk.answer(offset)
      return offset === 100 ? { ...page, songs: page.songs.slice(0, 5) } : page
    }
    const broken: { runs: Segments } = { runs: [] }
    for (const asked of [10, 11]) {
      await syncLibrary(broken.runs, answer, { ...quiet(desk), keep: (runs) => (broken.runs = runs) })
      expect(desk.asked.length).toBe(asked)
    }
    expect(
      listed(broken.runs)
        .map(({ title }) => title)
        .slice(103, 107),
    ).toEqual(['Song 397', 'Song 396', '', ''])
  })
})
