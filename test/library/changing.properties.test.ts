import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lengthOf } from '../../src/library/segments.ts'
import { createDesk, songsOf } from './desk.ts'
import { anyEdit, change, listed, read } from './edits.ts'

describe('what is known of a list is the list, though it changes meanwhile', () => {
  test('it changes in one moment while it is read from nothing, with answers in any order', async () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: 2, max: 40 }), anyEdit), { maxLength: 1 })
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

  test('it changes several times while what is known of it is followed', async () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), anyEdit), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 1500 }),
        fc.tuple(anyEdit, changes),
        fc.infiniteStream(fc.nat(4)),
        async (size, [before, edits], pauses) => {
          const desk = createDesk(songsOf(size))
          const runs = await read(desk, [])
          change(desk, before, 10_000)
          desk.asked.length = 0
          let saved = 10_100
          desk.meddle = async (request) => {
            for (let ticks = pauses.next().value; ticks > 0; ticks -= 1) await tick()
            for (const [at, one] of edits) if (at === request) change(desk, one, (saved += 100))
          }
          expect(listed(await read(desk, runs))).toEqual(desk.songs)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a list that never keeps still is taken as it comes, after a bounded number of requests', async () => {
    const desk = createDesk(songsOf(1000))
    desk.meddle = () => change(desk, { saves: 1, removals: [] }, 10_000 + desk.asked.length)
    const runs = await read(desk, [])
    expect(lengthOf(runs)).toBeGreaterThan(1000)
    expect(desk.asked.length).toBeLessThan(80)
  })
})
