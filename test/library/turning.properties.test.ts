import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLibrary } from '../../src/library/library.ts'
import { anchorAt, indexOfAnchor, type LikedPage } from '../../src/library/page.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { decodePageId, pageWanted, type Action } from '../../src/views/page-id.ts'
import { pageButtons } from '../../src/views/components.ts'
import { createListFixture, songOf, type ListFixture } from './list-fixture.ts'
import { english } from '../world/english.ts'
import { runs } from '../world/runs.ts'

const owner = '175928847299117063'
const labels: Partial<Record<Action, string>> = { next: 'Next', previous: 'Previous', browse: 'Browse privately' }
const second = 1000

/** Somebody who turns the pages of one list, which is asked for anew at every press. */
function createWalk(list: ListFixture) {
  let now = Date.now()
  const library = createLibrary(list.accounts, () => now)
  let shown: LikedPage
  return {
    begin: async () => titlesOn((shown = await library.newest(owner, { offset: 0 }))),
    /** With the id of that button under the page that is shown. */
    async presses(action: Action) {
      const readers = { ephemeral: false, isOwn: true }
      const buttons = pageButtons(shown, { owner }, readers, english).flatMap(({ components }) => components)
      const pressed = buttons.find((button) => 'label' in button && button.label === labels[action])
      const id = pressed && 'custom_id' in pressed ? decodePageId(pressed.custom_id) : undefined
      now += 6 * 60_000
      return titlesOn((shown = await library.page(owner, pageWanted(id ?? expect.unreachable()))))
    },
    shown: () => shown,
  }
}

function titlesOn({ songs }: LikedPage): string[] {
  return songs.map(({ title }) => title)
}

/** Numbers and in which second each was liked; the second goes up every so many songs. */
const likedIn = (from: number, count: number, perSecond: number): Song[] =>
  Array.from({ length: count }, (_, index) => {
    const number = from + count - 1 - index
    return songOf(number, { addedAt: Date.UTC(2026, 0) + Math.floor(number / perSecond) * second })
  })

test('a hundred songs of one second and twenty more of it: Next shows songs 11 to 20 of the list that was posted', async () => {
  const posted = likedIn(1, 100, 1000)
  const list = createListFixture([...posted])
  const walk = createWalk(list)
  await walk.begin()
  list.songs.unshift(...likedIn(101, 20, 1000))
  expect(await walk.presses('next')).toEqual(posted.slice(10, 20).map(({ title }) => title))
  expect(walk.shown()).toMatchObject({ newer: 20, total: 120, page: 2, pages: 10 })
  expect(await walk.presses('previous')).toEqual(posted.slice(0, 10).map(({ title }) => title))
  expect(await walk.presses('next')).toEqual(posted.slice(10, 20).map(({ title }) => title))
})

test('a row that has gone itself: the page goes on behind it', async () => {
  const posted = likedIn(1, 100, 1)
  const list = createListFixture([...posted])
  const walk = createWalk(list)
  await walk.begin()
  list.songs.splice(9, 1)
  list.songs.unshift(...likedIn(101, 3, 1))
  expect(await walk.presses('next')).toEqual(posted.slice(10, 20).map(({ title }) => title))
  list.songs = list.songs.filter(({ title }) => title !== posted[10]?.title)
  const before = ['Song 101', ...posted.slice(0, 9).map(({ title }) => title)]
  expect(await walk.presses('previous')).toEqual(before)
})

test.each([
  ['places 6 to 10', 5, 10, 'Song 100'],
  ['places 1 to 10', 0, 10, 'Song 90'],
])('a hundred songs of one second, of which %s go: none is skipped', async (_, from, to, begins) => {
  const list = createListFixture(likedIn(1, 100, 1000))
  const walk = createWalk(list)
  await walk.begin()
  list.songs.splice(from, to - from)
  const titles = await walk.presses('next')
  expect(titles[0]).toBe(begins)
  expect(titles).toContain('Song 90')
})

test('a row behind hundreds of likes of its second, too far to be found: none is skipped', async () => {
  const posted = likedIn(1, 600, 10_000)
  const list = createListFixture([...posted])
  const walk = createWalk(list)
  await walk.begin()
  list.songs.unshift(...likedIn(601, 450, 10_000))
  list.asked.length = 0
  expect((await walk.presses('next'))[0]).toBe('Song 1050')
  expect(list.asked.length).toBeLessThanOrEqual(12)
})

test('whatever goes, the row of the button too, everything behind it that is left is on the pages that follow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 11, max: 70 }),
      fc.constantFrom(1, 3, 7, 60, 1000),
      fc.array(fc.nat(30), { maxLength: 20 }),
      fc.nat(12),
      async (size, perSecond, gone, likes) => {
        const list = createListFixture(likedIn(1, size, perSecond))
        const walk = createWalk(list)
        const row = (await walk.begin()).at(-1)
        const place = list.songs.findIndex(({ title }) => title === row)
        const left = (song: Song, index: number): boolean => index !== place && !gone.includes(index)
        const behind = list.songs.filter((song, index) => index > place && left(song, index))
        const old = list.songs[place] ?? expect.unreachable()
        list.songs = list.songs.filter(left)
        const addedAt = list.songs[0]?.addedAt
        for (let like = 1; like <= likes; like += 1) list.songs.unshift(songOf(size + like, { addedAt }))
        fc.pre(!collides(list.songs, old, place))
        const seen = new Set<string>()
        for (let press = 0; press < 20; press += 1) {
          for (const title of await walk.presses('next')) seen.add(title)
          if (walk.shown().page === walk.shown().pages) break
        }
        expect(behind.filter(({ title }) => !seen.has(title)).map(({ title }) => title)).toEqual([])
      },
    ),
    { numRuns: runs(50) },
  )
})

test('sixty likes of another second: the row is found for few requests', async () => {
  const posted = likedIn(1, 3000, 3)
  const list = createListFixture([...posted])
  const walk = createWalk(list)
  await walk.begin()
  list.songs.unshift(...likedIn(3001, 60, 3))
  list.asked.length = 0
  expect(await walk.presses('next')).toEqual(posted.slice(10, 20).map(({ title }) => title))
  expect(list.asked.length).toBeLessThanOrEqual(3)
})

test('when all that was shown has gone, what is there is shown', async () => {
  const list = createListFixture(likedIn(1, 100, 1))
  const walk = createWalk(list)
  await walk.begin()
  list.songs = likedIn(200, 15, 1)
  expect(await walk.presses('next')).toHaveLength(5)
  list.songs = []
  expect(await walk.presses('next')).toEqual([])
})

const step = fc.record({
  likes: fc.oneof(fc.nat(3), fc.nat(60)),
  /** How many seconds after the newest. */
  later: fc.constantFrom(0, 0, 1, 60),
  /** Which of the songs before the row of the button go, as parts of them. */
  unlikes: fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true }), { maxLength: 15 }),
  back: fc.boolean(),
})

test('whatever is liked and removed before it, pages go on where the last one ended, and repeat and skip nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 11, max: 260 }),
      fc.constantFrom(1, 2, 7, 60, 1000),
      fc.array(step, { minLength: 1, maxLength: 6 }),
      async (size, perSecond, steps) => {
        const list = createListFixture(likedIn(1, size, perSecond))
        const walk = createWalk(list)
        await walk.begin()
        let number = size + 1
        for (const { likes, later, unlikes, back } of steps) {
          const { songs, page, pages, from, newer } = walk.shown()
          const isBack = back && page > 1
          const shownRow = songs.at(isBack ? 0 : -1)
          const row = list.songs.find(({ uri }) => uri === shownRow?.uri)
          if (!row || (!isBack && page === pages)) break
          const place = list.songs.indexOf(row)
          const gone = new Set(unlikes.map((part) => list.songs[Math.floor(part * place)]))
          list.songs = list.songs.filter((song) => song === row || !gone.has(song))
          const addedAt = (list.songs[0]?.addedAt ?? 0) + later * second
          for (let like = 0; like < likes; like += 1) list.songs.unshift(songOf((number += 1), { addedAt }))
          fc.pre(!collides(list.songs, row, place))
          const now = list.songs.indexOf(row)
          // Pages before the first song of now have nothing to show.
          if (isBack && now + (page - 1) * 10 - (from - newer) <= 0) break
          const titles = await walk.presses(isBack ? 'previous' : 'next')
          const expected = isBack ? list.songs.slice(Math.max(now - 10, 0), now) : list.songs.slice(now + 1, now + 11)
          expect(titles).toEqual(expected.map(({ title }) => title))
        }
      },
    ),
    { numRuns: runs(75) },
  )
})

/** Three characters tell a thousand songs of a second apart, as a rule. */
function collides(songs: readonly Song[], row: Song, place: number): boolean {
  const others = songs.filter((song) => song !== row)
  return indexOfAnchor(others, anchorAt(row, place), place) !== undefined
}
