import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIndexCache } from '../../src/library/index-cache.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { anyEdit, change, edit, listed } from './edits.ts'
import { createListFixture, songOf, songsOf, type ListFixture } from './list-fixture.ts'
import { runs } from '../world/runs.ts'

/** Somebody's index, which has been read, and the front pages that they are shown. */
async function readIndex(list: ListFixture) {
  const indexes = createIndexCache(list.accounts, Date.now)
  const link = await list.accounts.get('ana')
  const read = () => indexes.update('ana', link, indexes.get(link))
  await read()
  return {
    read,
    /** What the index knows once the front of now has been compared with it; undefined where that does not tell all. */
    async seesFront(): Promise<Song[] | undefined> {
      const check = indexes.frontCheck('ana', link, false)
      await check(await list.answer(0))
      const index = indexes.upToDate(link)
      return index && listed(index.segments)
    },
  }
}

test('whatever has changed, an index that a front page brings up to date is the list', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(700),
      fc.array(fc.record({ one: fc.oneof(anyEdit, edit(60, 3)), isRead: fc.boolean() }), { maxLength: 5 }),
      async (size, steps) => {
        const list = createListFixture(songsOf(size))
        const { read, seesFront } = await readIndex(list)
        for (const [index, { one, isRead }] of steps.entries()) {
          change(list, one, (index + 1) * 10_000)
          list.asked.length = 0
          const known = await seesFront()
          if (known) expect(known).toEqual(list.songs)
          expect(list.asked).toEqual([0])
          if (!isRead) continue
          await read()
          expect(await seesFront()).toEqual(list.songs)
        }
      },
    ),
    { numRuns: runs(20) },
  )
})

test('saves and removals within the front page are told by it alone', async () => {
  const inFront = fc.record({ saves: fc.nat(20), gone: fc.array(fc.nat(24), { maxLength: 5 }) })
  await fc.assert(
    fc.asyncProperty(fc.nat(700), fc.array(inFront, { minLength: 1, maxLength: 5 }), async (size, steps) => {
      const list = createListFixture(songsOf(size))
      const { seesFront } = await readIndex(list)
      for (const [index, { saves, gone }] of steps.entries()) {
        list.songs = list.songs.filter((_, place) => !gone.includes(place))
        change(list, { saves, removals: [] }, (index + 1) * 10_000)
        expect(await seesFront()).toEqual(list.songs)
      }
    }),
    { numRuns: runs(20) },
  )
})

test('a front page from before what the index knows by now changes nothing', async () => {
  const list = createListFixture(songsOf(300))
  const indexes = createIndexCache(list.accounts, Date.now)
  const link = await list.accounts.get('ana')
  await indexes.update('ana', link, indexes.get(link))
  const late = indexes.frontCheck('ana', link, false, Date.now() - 1)
  const old = await list.answer(0)
  list.songs.unshift(songOf(301))
  await indexes.frontCheck('ana', link, false)(await list.answer(0))
  await late(old)
  expect(listed(indexes.upToDate(link)?.segments ?? [])).toEqual(list.songs)

  const agreeing = await list.answer(0)
  const overtaken = indexes.frontCheck('ana', link, false, Date.now() + 1)
  list.songs.splice(200, 1)
  await indexes.frontCheck('ana', link, false, Date.now() + 1000)(await list.answer(0))
  await overtaken(agreeing)
  expect(indexes.upToDate(link)).toBeUndefined()
})
