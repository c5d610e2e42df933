import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readList } from '../../src/library/reading.ts'
import { lengthOf, songsBetween, type Runs } from '../../src/library/runs.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { createDesk, songOf, songsOf, type Desk } from './desk.ts'

interface Edit {
  readonly saves: number
  /** Where songs are removed, as parts of the list. */
  readonly removals: readonly number[]
}

const edit = (saves: number, removals: number): fc.Arbitrary<Edit> =>
  fc.record({
    saves: fc.nat(saves),
    removals: fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true }), { maxLength: removals }),
  })

describe('what is known of a list is the list', () => {
  test('read from nothing: every block once, and a last look at the front', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1500), async (size) => {
        const desk = createDesk(songsOf(size))
        expect(listed(await read(desk, []))).toEqual(desk.songs)
        const blocks = Math.max(Math.ceil(size / 50), 1)
        expect(desk.asked.length).toBe(blocks > 1 ? blocks + 1 : 1)
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
    expect(desk.asked.length).toBe(201)
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

  test('also where it changes while it is read, with answers in any order', async () => {
    // As many saves as removals in one moment do not show in the number of songs, and may go unnoticed.
    const noticed = edit(2, 2).filter(({ saves, removals }) => saves !== removals.length)
    const changes = fc.array(fc.tuple(fc.integer({ min: 2, max: 40 }), noticed), { maxLength: 1 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 1500 }),
        changes,
        fc.infiniteStream(fc.nat(4)),
        async (size, edits, pauses) => {
          const desk = createDesk(songsOf(size))
          let saved = 10_000
          desk.meddle = async (request) => {
            for (let ticks = pauses.next().value; ticks > 0; ticks -= 1) await tick()
            for (const [at, one] of edits) if (at === request) change(desk, one, (saved += 100))
          }
          const runs = await read(desk, [])
          expect(listed(runs)).toEqual(desk.songs)
          expect(desk.asked.length).toBeLessThanOrEqual(size / 50 + 80)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a reading that was broken off goes on where it was, though the list has changed since', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 51, max: 1500 }), fc.nat(), edit(5, 0), async (size, part, later) => {
        const desk = createDesk(songsOf(size))
        const blocks = 1 + (part % (Math.ceil(size / 50) - 1))
        desk.meddle = (request) => {
          if (request > blocks) throw new RateLimitedError(Date.now() + 3_600_000, 'quota')
        }
        const broken: { runs: Runs } = { runs: [] }
        await expect(read(desk, [], broken)).rejects.toThrow(RateLimitedError)
        expect(listed(broken.runs)).toEqual(desk.songs.slice(0, blocks * 50))
        desk.meddle = () => undefined
        desk.asked.length = 0
        change(desk, later, 10_000)
        expect(listed(await read(desk, broken.runs))).toEqual(desk.songs)
        expect(desk.asked.length).toBeLessThanOrEqual(Math.ceil(size / 50) - blocks + 3)
      }),
      { numRuns: 60 },
    )
  })

  test('a list that never keeps still is taken as it comes, after a bounded number of requests', async () => {
    const desk = createDesk(songsOf(1000))
    desk.meddle = () => change(desk, { saves: 1, removals: [] }, 10_000 + desk.asked.length)
    const runs = await read(desk, [])
    expect(lengthOf(runs)).toBeGreaterThan(1000)
    expect(desk.asked.length).toBeLessThan(80)
  })

  test('SP-102 a block that comes short leaves empty places and is not asked for again', async () => {
    const desk = createDesk(songsOf(500))
    const answer = async (offset: number) => {
      const page = await desk.answer(offset)
      return offset === 100 ? { ...page, songs: page.songs.slice(0, 5) } : page
    }
    const broken: { runs: Runs } = { runs: [] }
    for (const asked of [11, 12]) {
      await readList(broken.runs, answer, { keep: (runs) => (broken.runs = runs), progress: () => undefined })
      expect(desk.asked.length).toBe(asked)
    }
    expect(
      listed(broken.runs)
        .map(({ title }) => title)
        .slice(103, 107),
    ).toEqual(['Song 397', 'Song 396', '', ''])
  })
})

async function read(desk: Desk, known: Runs, kept: { runs: Runs } = { runs: known }): Promise<Runs> {
  await readList(known, desk.answer, { keep: (runs) => (kept.runs = runs), progress: () => undefined })
  return kept.runs
}

function listed(runs: Runs): Song[] {
  return songsBetween(runs, 0, Infinity)
}

function change(desk: Desk, { saves, removals }: Edit, number: number): void {
  for (const part of removals) desk.songs.splice(Math.floor(part * desk.songs.length), 1)
  for (let save = 0; save < saves; save += 1) desk.songs.unshift(songOf(number + save))
}
