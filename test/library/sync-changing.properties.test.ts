import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lengthOf } from '../../src/library/segments.ts'
import { createListFixture, songsOf } from './list-fixture.ts'
import { anyEdit, change, listed, read, readSurely, stored, type Edit } from './edits.ts'
import { runs } from '../world/runs.ts'

describe('what is known of a list is the list, though it changes meanwhile', () => {
  test('it changes in one moment while it is read from nothing, with answers in any order', async () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: 2, max: 40 }), anyEdit), { maxLength: 1 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 1500 }),
        changes,
        fc.infiniteStream(fc.nat(4)),
        async (size, edits, pauses) => {
          const list = createListFixture(songsOf(size))
          let saved = 10_000
          list.beforeAnswer = async (request) => {
            for (let ticks = pauses.next().value; ticks > 0; ticks -= 1) await tick()
            for (const [at, one] of edits) if (at === request) change(list, one, (saved += 100))
          }
          const segments = await read(list, [])
          expect(listed(segments)).toEqual(list.songs)
          expect(list.asked.length).toBeLessThanOrEqual(size / 50 + 80)
        },
      ),
      { numRuns: runs(30) },
    )
  })

  test('it changes several times while what is known of it is followed', async () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), anyEdit), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 1500 }),
        fc.tuple(anyEdit, changes, fc.boolean()),
        fc.infiniteStream(fc.nat(4)),
        async (size, [before, edits, isStored], pauses) => {
          const list = createListFixture(songsOf(size))
          const known = await read(list, [])
          const segments = isStored ? await stored(known) : known
          change(list, before, 10_000)
          list.asked.length = 0
          let saved = 10_100
          list.beforeAnswer = async (request) => {
            for (let ticks = pauses.next().value; ticks > 0; ticks -= 1) await tick()
            for (const [at, one] of edits) if (at === request) change(list, one, (saved += 100))
          }
          expect(listed(await read(list, segments))).toEqual(list.songs)
        },
      ),
      { numRuns: runs(30) },
    )
  })

  test.each(['from nothing', 'from what was known'])(
    'it changes at many moments while it is read %s: what is sure is as good a start as any for the next reading',
    async (from) => {
      const moments = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), anyEdit), { maxLength: 12 })
      const everyFew = fc
        .tuple(fc.integer({ min: 3, max: 9 }), anyEdit)
        .map(([step, one]) => Array.from({ length: 30 }, (_, index): [number, Edit] => [(index + 1) * step, one]))
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 100, max: 1500 }),
          fc.oneof(moments, everyFew),
          fc.tuple(anyEdit, fc.boolean()),
          fc.infiniteStream(fc.nat(4)),
          async (size, edits, [between, isStored], pauses) => {
            const list = createListFixture(songsOf(size))
            const known = from === 'from nothing' ? [] : await read(list, [])
            list.asked.length = 0
            let saved = 10_000
            list.beforeAnswer = async (request) => {
              for (let ticks = pauses.next().value; ticks > 0; ticks -= 1) await tick()
              for (const [at, one] of edits) if (at === request) change(list, one, (saved += 100))
            }
            const sure = await readSurely(list, known)
            list.beforeAnswer = () => undefined
            change(list, between, (saved += 100))
            expect(listed(await read(list, isStored ? await stored(sure) : sure))).toEqual(list.songs)
          },
        ),
        { numRuns: runs(25) },
      )
    },
  )

  test('a list that never keeps still is taken as it comes, after a bounded number of requests', async () => {
    const list = createListFixture(songsOf(1000))
    list.beforeAnswer = () => change(list, { saves: 1, removals: [] }, 10_000 + list.asked.length)
    const segments = await read(list, [])
    expect(lengthOf(segments)).toBeGreaterThan(1000)
    expect(list.asked.length).toBeLessThan(80)
  })
})
