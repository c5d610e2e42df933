import { describe, expect, test } from 'vitest'
import { createLibrary, type LikedPage } from '../../src/library/library.ts'
import { anchorAt } from '../../src/library/page.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, songsOf, type ListFixture } from './list-fixture.ts'
import { wordsFilter } from '../../src/library/search.ts'

const minute = 60_000
const hour = 60 * minute
/** What is cached of pages is gone by then; an index is not. */
const aWhile = 16 * minute
const size = 10_000

type Person = ReturnType<typeof createPerson>

/** Ana, at her songs, liked an hour apart. */
function createPerson(list: ListFixture) {
  let now = Date.now()
  let page: LikedPage
  const library = createLibrary(list.accounts, () => now, waitLimit)
  const shows = (shown: LikedPage): void => {
    expect(shown.songs.map(({ title }) => title)).toEqual(
      list.songs.slice(shown.from, shown.to).map(({ title }) => title),
    )
    expect([shown.total, shown.asOf]).toEqual([list.songs.length, undefined])
    page = shown
  }
  const turns = async (offset: number): Promise<void> => {
    const last = page.songs.at(-1) ?? expect.unreachable()
    const anchor = anchorAt(last, page.from - page.newer + page.songs.length - 1)
    shows(await library.page('ana', { offset, anchor }))
  }
  return {
    pass: (time: number) => void (now += time),
    recent: async () => shows(await library.newest('ana', { offset: 0 })),
    next: () => turns(page.offset + 10),
    last: () => turns(Infinity),
    previous: () => turns(page.offset - 10),
    async sixNexts() {
      for (let press = 0; press < 6; press += 1) await turns(page.offset + 10)
      // A page ahead may still be on its way.
      await expect.poll(() => list.busy.now).toBe(0)
    },
    async random() {
      const { song, number, total } = await library.random('ana')
      expect([song?.title, total]).toEqual([list.songs[total - number]?.title, list.songs.length])
    },
    async when() {
      const at = songOf(4321).addedAt ?? 0
      const found = await library.byDate('ana', { from: at, to: at + hour })
      shows(found)
      expect(found.found).toBe('in')
    },
    async since() {
      const { songs } = await library.since('ana', songOf(size - 120).addedAt ?? 0)
      expect(songs).toEqual(list.songs.slice(0, -(size - 121)))
    },
    async search() {
      const found = await library.find('ana', wordsFilter('song'), { offset: 0 })
      expect(found).toMatchObject({ total: list.songs.length, library: list.songs.length, asOf: undefined })
    },
    async types() {
      for (const typed of ['s', 'so', 'son', 'song', 'song ']) await library.suggest('ana', typed)
    },
  }
}

const likes = (list: ListFixture): void => {
  for (let like = 1; like <= 3; like += 1) list.songs.unshift(songOf(size + like))
}
const unlikesDeep = (list: ListFixture): void => void list.songs.splice(7_000, 1)

type Step = Exclude<keyof Person, 'pass'>

/** What each costs: presses follow at once, and everything else after a while. */
async function costsOf(steps: readonly Step[], list: ListFixture, person: Person): Promise<number[]> {
  const costs: number[] = []
  for (const step of steps) {
    const before = list.asked.length
    if (!['next', 'sixNexts', 'last', 'previous'].includes(step)) person.pass(aWhile)
    await person[step]()
    costs.push(list.asked.length - before)
  }
  return costs
}

describe('what each use costs in requests, at 10,000 songs', () => {
  test.each<[string, Step[], number[]]>([
    ['a page and six Nexts with nothing in hand', ['recent', 'sixNexts', 'last'], [1, 1, 1]],
    ['typing with nothing in hand', ['types'], [0]],
    ['nothing but front pages reads a library', ['recent', 'recent', 'recent'], [1, 1, 1]],
    ['a random song with nothing in hand', ['random'], [2]],
    ['two searches, and what follows them', ['search', 'search', 'types', 'types'], [200, 1, 0, 0]],
  ])('%s', async (_, steps, costs) => {
    const list = createListFixture(songsOf(size))
    expect(await costsOf(steps, list, createPerson(list))).toEqual(costs)
  })

  const warm: Step[] = ['recent', 'sixNexts', 'last', 'random', 'when', 'since', 'search', 'types']

  test.each<[string, (list: ListFixture) => void, number[]]>([
    ['nothing has changed', () => undefined, [1, 0, 0, 1, 1, 1, 1, 0]],
    ['three likes', likes, [1, 0, 0, 1, 1, 1, 1, 0]],
    [
      'three likes, one of which is taken back, as the newest before it is',
      (list) => {
        likes(list)
        list.songs.splice(2, 2)
      },
      [1, 0, 0, 1, 1, 1, 1, 0],
    ],
  ])('after a search, %s', async (_, changes, costs) => {
    const list = createListFixture(songsOf(size))
    const ana = createPerson(list)
    await ana.search()
    changes(list)
    expect(await costsOf(warm, list, ana)).toEqual(costs)
  })

  test('the next search follows three likes for one request', async () => {
    const list = createListFixture(songsOf(size))
    const ana = createPerson(list)
    await ana.search()
    likes(list)
    expect(await costsOf(['search', 'types'], list, ana)).toEqual([1, 0])
  })

  test('after a search, one song that was removed deep in the list: pages cost what they cost without an index', async () => {
    const list = createListFixture(songsOf(size))
    const ana = createPerson(list)
    await ana.search()
    unlikesDeep(list)
    const [recent, nexts, last, random = NaN, search = NaN] = await costsOf(
      ['recent', 'sixNexts', 'last', 'random', 'search'],
      list,
      ana,
    )
    expect([recent, nexts, last]).toEqual([1, 1, 1])
    expect(random).toBeLessThanOrEqual(2)
    expect(search).toBeLessThanOrEqual(10)
    expect(await costsOf(['recent', 'sixNexts', 'when'], list, ana)).toEqual([1, 0, 1])
  })

  test('an old page is turned for one request where the front agrees, and for one more than ever where it does not', async () => {
    const list = createListFixture(songsOf(size))
    const ana = createPerson(list)
    await ana.search()
    expect(await costsOf(['recent', 'last'], list, ana)).toEqual([1, 0])
    ana.pass(aWhile)
    likes(list)
    expect(await costsOf(['previous', 'previous', 'next'], list, ana)).toEqual([1, 0, 0])
    ana.pass(aWhile)
    unlikesDeep(list)
    expect(await costsOf(['previous', 'previous', 'next'], list, ana)).toEqual([2, 0, 0])
  })
})
