import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Song } from '../../sandbox/spotify/spotify.ts'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { normalize } from '../../src/library/normalize.ts'
import type { Http } from '../../src/http.ts'
import type { FoundPage, PageRequest } from '../../src/library/library.ts'
import { anchorAt } from '../../src/library/page.ts'
import { startLibraryFixture, type LibraryFixture } from './library-fixture.ts'
import { stopTime } from '../world/stopped-time.ts'
import { wordsFilter } from '../../src/library/search.ts'

let fixture: LibraryFixture
/** After so many pages Spotify answers nothing until it is let go on. */
let pagesLeft = Infinity
let held = Promise.withResolvers<void>()
const holdAfter = (pages: number): void => {
  pagesLeft = pages
  held = Promise.withResolvers<void>()
}
const holding =
  (of: () => LibraryFixture) =>
  (send: Http): Http =>
  (url, request) => {
    if (url.includes('/me/tracks')) pagesLeft -= 1
    if (pagesLeft === 0) of().spotify.trouble = { kind: 'held', until: held.promise }
    return send(url, request)
  }

beforeAll(async () => {
  const sizes = { ana: 10_000, ben: 42, chiyo: 1500, dara: 0, emil: 3000 }
  fixture = await startLibraryFixture(sizes, { watch: holding(() => fixture) })
  for (const account of ['ana', 'ben', 'chiyo', 'dara', 'emil']) await fixture.link(account)
})
afterAll(() => fixture.close())

const found = async (person: string, query: string, request: PageRequest = { offset: 0 }): Promise<FoundPage> => {
  const answer = await fixture.library.find(person, wordsFilter(query), request)
  if ('done' in answer) throw new Error(`Still reading: ${answer.read} of ${answer.total}`)
  return answer
}

test('her first search while Spotify is slow counts up, and all is cached after a request for every 50', async () => {
  const { pass, goOn } = stopTime()
  const own: LibraryFixture = await startLibraryFixture({ ana: 10_000 }, { hurried: true, watch: holding(() => own) })
  onTestFinished(() => own.close())
  await own.link('ana')
  holdAfter(20)
  const searching = own.library.find('ana', wordsFilter('a'), { offset: 0 })
  let answered = false
  void searching.then(() => (answered = true))
  // Eight at once, so those before them have been answered.
  await expect.poll(own.requestCount).toBeGreaterThan(19)
  await expect.poll(() => own.spotify.requests.filter(({ status }) => status === 0).length).toBe(8)
  await pass(2_499)
  expect(answered).toBe(false)
  await pass(1)
  const reading = await searching
  goOn()
  if (!('done' in reading)) expect.unreachable('all of it was cached')
  expect(reading.read).toBeGreaterThan(200)
  expect(reading).toMatchObject({ total: 10_000, until: undefined })
  const soFar = reading.found
  expect(soFar.searched).toBeGreaterThanOrEqual(200)
  expect(soFar.songs).toHaveLength(10)
  // Every song has its number already.
  const numbered = soFar.numbers.map((number) => own.spotify.account('ana').library[10_000 - number]?.song)
  expect(soFar.songs.map(({ title }) => title)).toEqual(numbered.map((song) => song?.title))
  for (const song of numbered) expect(holds(song ?? null, 'a')).toBe(true)
  expect(await own.library.suggest('ana', 'a')).toHaveLength(25)
  own.spotify.trouble = { kind: 'none' }
  held.resolve()
  await reading.done
  expect(own.requestCount()).toBe(200)

  const first = await own.library.find('ana', wordsFilter('river'), { offset: 0 })
  const hits = own.spotify.account('ana').library.filter(({ song }) => holds(song, 'river'))
  expect(first).toMatchObject({ page: 1, library: 10_000, searched: 10_000, newer: 0, asOf: undefined })
  expect(first.total).toBe(hits.length)
  expect(own.requestCount()).toBe(200)
})

describe('Ana has 10,000 songs', () => {
  // What each of these finds in the cache.
  beforeAll(() => found('ana', 'a'))
  const library = () => fixture.spotify.account('ana').library
  const expected = (word: string): number[] =>
    library().flatMap(({ song }, place) => (holds(song, word) ? [library().length - place] : []))

  test('pages of hits turn without requests, and every song has its own number', async () => {
    const before = fixture.requestCount()
    const numbers: number[] = []
    let page = await found('ana', 'a')
    for (; numbers.length < 200; page = await found('ana', 'a', { ...page, offset: page.next })) {
      numbers.push(...page.numbers)
      expect(page.songs).toHaveLength(10)
    }
    expect(numbers).toEqual(expected('a').slice(0, numbers.length))
    const last = await found('ana', 'a', { ...page, offset: Infinity })
    expect([last.page, last.numbers.at(-1)]).toEqual([last.pages, expected('a').at(-1)])
    expect(fixture.requestCount()).toBe(before)
  })

  test('after 3 new saves and 1 removal the next search knows all of it for 10 requests at most', async () => {
    const page = await found('ana', 'a')
    for (let save = 0; save < 3; save += 1) fixture.spotify.like('ana')
    fixture.spotify.unlike('ana', library()[7123]?.song?.id ?? '')
    fixture.wait(6)
    const before = fixture.requestCount()
    const fresh = await found('ana', 'a')
    expect(fixture.requestCount() - before).toBeLessThanOrEqual(10)
    expect(fresh.library).toBe(10_002)
    expect([fresh.total, fresh.numbers]).toEqual([expected('a').length, expected('a').slice(0, 10)])
    // The pages of the earlier search keep their songs.
    const earlier = await found('ana', 'a', { offset: 0, anchor: anchorAt(page.songs[0] ?? fail(), 0) })
    expect(earlier.songs).toEqual(page.songs)
    expect(earlier.newer).toBe(expected('a').filter((number) => number > 9_999).length)
  })

  test('a front page that shows a change brings the next search up to date, too', async () => {
    fixture.spotify.like('ana', { ...(library()[0]?.song ?? fail()), id: 'Q'.repeat(22), title: 'Quixotic Zebra' })
    expect((await found('ana', 'zebra quix')).total).toBe(0)
    const before = fixture.requestCount()
    await fixture.library.newest('ana', { offset: 0 })
    expect((await found('ana', 'zebra quix')).songs.map(({ title }) => title)).toEqual(['Quixotic Zebra'])
    expect(fixture.requestCount() - before).toBe(1)
  })

  test('what she types is answered from memory, at once', async () => {
    const before = fixture.requestCount()
    const titles = titlesOf(await fixture.library.suggest('ana', 'the')).map(normalize)
    expect(titles).toHaveLength(25)
    expect(titles[0]?.startsWith('the')).toBe(true)
    expect(fixture.requestCount()).toBe(before)
  })
})

describe('others search', () => {
  test('Ben finds himself at once in 42 songs; Dara has none', async () => {
    const song = fixture.spotify.account('ben').library[20]?.song
    const page = await found('ben', `${song?.title.toUpperCase()} ${song?.artists[0]}`)
    expect(page.songs.map(({ title }) => title)).toContain(song?.title)
    expect(await found('ben', '  ')).toMatchObject({ total: 0, songs: [], numbers: [], page: 1, pages: 1 })
    expect(await found('dara', 'love')).toMatchObject({ total: 0, library: 0, searched: 0 })
  })

  test('Ben types with nothing in hand: there is nothing to offer; then from the page that he was shown', async () => {
    await fixture.unlink('ben')
    await fixture.link('ben')
    const before = fixture.requestCount()
    for (const typed of ['', 'x', 'xy']) expect(await fixture.library.suggest('ben', typed)).toEqual([])
    expect(fixture.requestCount()).toBe(before)
    const [newest] = (await fixture.library.newest('ben', { offset: 0 })).songs
    expect(titlesOf(await fixture.library.suggest('ben', newest?.title ?? ''))).toContain(newest?.title)
    expect(fixture.requestCount()).toBe(before + 1)
    expect(await fixture.library.suggest('somebody', 'x')).toEqual([])
  })

  test('Chiyo loses the connection in between: what was read is not asked for again', async () => {
    fixture.spotify.script(/GET \/v1\/me\/tracks/, { fault: 'reset' })
    const page = await found('chiyo', 'a')
    expect(page).toMatchObject({ library: 1500, searched: 1500 })
  })

  test('Spotify is down five minutes later: Chiyo sees what is cached, from then', async () => {
    fixture.wait(6)
    const from = fixture.now()
    await found('chiyo', 'a')
    const to = fixture.now()
    fixture.wait(6)
    fixture.spotify.trouble = { kind: 'server-error' }
    const page = await found('chiyo', 'a')
    expect(page.asOf).toBeGreaterThanOrEqual(from)
    expect(page.asOf).toBeLessThanOrEqual(to)
    fixture.spotify.trouble = { kind: 'none' }
    expect((await found('chiyo', 'a')).asOf).toBeUndefined()
  })

  test('Emil unlinks while his library is being read: it ends, and nothing of it comes back', async () => {
    holdAfter(13)
    const before = fixture.requestCount()
    const searching = fixture.library.find('emil', wordsFilter('a'), { offset: 0 })
    const refusal = searching.then(
      () => undefined,
      (error: unknown) => error,
    )
    await expect.poll(() => fixture.requestCount() - before).toBeGreaterThan(12)
    await fixture.unlink('emil')
    expect(await refusal).toBeInstanceOf(NotLinkedError)
    expect(await fixture.library.suggest('emil', 'a')).toEqual([])
    fixture.spotify.trouble = { kind: 'none' }
    // What was on its way by then has arrived before this.
    await fixture.library.newest('ben', { offset: 0 })
    const asked = fixture.requestCount()
    held.resolve()
    await fixture.library.newest('ben', { offset: 0 })
    expect(fixture.requestCount()).toBe(asked + 1)
    await fixture.link('emil')
    expect(await fixture.library.suggest('emil', 'a')).toEqual([])
    expect((await found('emil', 'a')).library).toBe(3000)
  })
})

function holds(song: Song | null, word: string): boolean {
  return [song?.title, ...(song?.artists ?? []), song?.album].some((text) => normalize(text ?? '').includes(word))
}

function titlesOf(songs: readonly { readonly title: string }[]): string[] {
  return songs.map(({ title }) => title)
}

function fail(): never {
  throw new Error('There is no such song')
}
