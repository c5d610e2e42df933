import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { normalize } from '../../src/library/normalize.ts'
import type { FoundPage, SearchProgress, SearchRequest } from '../../src/library/library.ts'
import { startRoom, type Room } from './room.ts'

let room: Room
beforeAll(async () => {
  room = await startRoom({ ana: 10_000, ben: 42, chiyo: 1500, dara: 0, emil: 3000 })
  for (const account of ['ana', 'ben', 'chiyo', 'dara', 'emil']) await room.links(account)
})
afterAll(() => room.close())

const found = async (person: string, query: string, request: SearchRequest = { offset: 0 }): Promise<FoundPage> => {
  const answer = await room.library.search(person, query, request)
  if ('done' in answer) throw new Error(`Still reading: ${answer.read} of ${answer.total}`)
  return answer
}

describe('Ana has 10,000 songs', () => {
  const library = () => room.spotify.account('ana').library
  const expected = (word: string): number[] =>
    library().flatMap(({ song }, place) =>
      [song?.title, ...(song?.artists ?? []), song?.album].some((text) => normalize(text ?? '').includes(word))
        ? [library().length - place]
        : [],
    )

  test('her first search while Spotify is slow counts up, and all is in hand after a request for every 50', async () => {
    room.spotify.trouble = { kind: 'slow', delay: 0.12 }
    const begun = performance.now()
    const reading = (await room.library.search('ana', 'river', { offset: 0 })) as SearchProgress
    expect(performance.now() - begun).toBeLessThan(5000)
    expect(reading.read).toBeGreaterThan(200)
    expect(reading).toMatchObject({ total: 10_000, until: undefined })
    const typed = await room.library.suggest('ana', 'riv')
    expect('reading' in typed && typed.reading.read >= reading.read).toBe(true)
    room.spotify.trouble = { kind: 'none' }
    await reading.done
    expect(room.asked()).toBe(200)

    const first = await found('ana', 'river')
    expect(first.total).toBe(expected('river').length)
    expect(first).toMatchObject({ page: 1, library: 10_000, searched: 10_000, newer: 0, asOf: undefined })
    expect(room.asked()).toBe(200)
  })

  test('pages of hits turn without requests, and every song has its own number', async () => {
    const before = room.asked()
    const numbers: number[] = []
    let page = await found('ana', 'a')
    for (; numbers.length < 200; page = await found('ana', 'a', { ...page, offset: page.next })) {
      numbers.push(...page.numbers)
      expect(page.songs).toHaveLength(10)
    }
    expect(numbers).toEqual(expected('a').slice(0, numbers.length))
    const last = await found('ana', 'a', { ...page, offset: page.last })
    expect([last.page, last.numbers.at(-1)]).toEqual([last.pages, expected('a').at(-1)])
    expect(room.asked()).toBe(before)
  })

  test('after 3 new saves and 1 removal the next search knows all of it for 10 requests at most', async () => {
    const page = await found('ana', 'a')
    for (let save = 0; save < 3; save += 1) room.spotify.like('ana')
    room.spotify.unlike('ana', library()[7123]?.song?.id ?? '')
    room.wait(6)
    const before = room.asked()
    const fresh = await found('ana', 'a')
    expect(room.asked() - before).toBeLessThanOrEqual(10)
    expect(fresh.library).toBe(10_002)
    expect([fresh.total, fresh.numbers]).toEqual([expected('a').length, expected('a').slice(0, 10)])
    // The pages of the earlier search keep their songs.
    const earlier = await found('ana', 'a', { offset: 0, anchor: page.anchor })
    expect(earlier.songs).toEqual(page.songs)
    expect(earlier.newer).toBe(expected('a').filter((number) => number > 9_999).length)
  })

  test('a front page that shows a change brings the next search up to date, too', async () => {
    room.spotify.like('ana', { ...(library()[0]?.song ?? fail()), id: 'Q'.repeat(22), title: 'Quixotic Zebra' })
    expect((await found('ana', 'zebra quix')).total).toBe(0)
    const before = room.asked()
    await room.library.newest('ana', { offset: 0 })
    expect((await found('ana', 'zebra quix')).songs.map(({ title }) => title)).toEqual(['Quixotic Zebra'])
    expect(room.asked() - before).toBe(1)
  })

  test('what she types is answered from memory, at once', async () => {
    const before = room.asked()
    const answer = await room.library.suggest('ana', 'the')
    const titles = 'titles' in answer ? answer.titles.map(({ title }) => normalize(title)) : []
    expect(titles).toHaveLength(25)
    expect(titles[0]?.startsWith('the')).toBe(true)
    expect(room.asked()).toBe(before)
  })
})

describe('others search', () => {
  test('Ben finds himself at once in 42 songs; Dara has none', async () => {
    const song = room.spotify.account('ben').library[20]?.song
    const page = await found('ben', `${song?.title.toUpperCase()} ${song?.artists[0]}`)
    expect(page.songs.map(({ title }) => title)).toContain(song?.title)
    expect(await found('ben', '  ')).toMatchObject({ total: 0, songs: [], numbers: [], page: 1, pages: 1 })
    expect(await found('dara', 'love')).toMatchObject({ total: 0, library: 0, searched: 0 })
  })

  test('Ben has typed nothing before: he is told how far it is, and then answered', async () => {
    await room.unlinks('ben')
    await room.links('ben')
    expect(await room.library.suggest('ben', 'x')).toEqual({ reading: { read: 0, total: 0, until: undefined } })
    await expect.poll(() => room.library.suggest('ben', '')).toHaveProperty('titles')
    await expect(room.library.suggest('somebody', 'x')).rejects.toThrow(NotLinkedError)
  })

  test('Chiyo loses the connection in between: what was read is not asked for again', async () => {
    room.spotify.script(/GET \/v1\/me\/tracks/, ...Array.from({ length: 3 }, () => ({ fault: 'reset' as const })))
    const page = await found('chiyo', 'a')
    expect(page).toMatchObject({ library: 1500, searched: 1500 })
  })

  test('Spotify is down five minutes later: Chiyo sees what is in hand, from then', async () => {
    await found('chiyo', 'a')
    room.wait(6)
    room.spotify.trouble = { kind: 'server-error' }
    const page = await found('chiyo', 'a')
    expect(page.asOf).toBeGreaterThan(Date.now())
    room.spotify.trouble = { kind: 'none' }
    expect((await found('chiyo', 'a')).asOf).toBeUndefined()
  })

  test('Emil unlinks while his library is being read: it ends, and nothing of it comes back', async () => {
    room.spotify.trouble = { kind: 'slow', delay: 0.1 }
    const searching = room.library.search('emil', 'a', { offset: 0 })
    const refusal = searching.then(
      () => undefined,
      (error: unknown) => error,
    )
    const before = room.asked()
    await expect.poll(() => room.asked() - before).toBeGreaterThan(12)
    await room.unlinks('emil')
    // What was on its way by then still arrives.
    await new Promise((done) => setTimeout(done, 50))
    const asked = room.asked()
    expect(await refusal).toBeInstanceOf(NotLinkedError)
    await expect(room.library.suggest('emil', 'a')).rejects.toThrow(NotLinkedError)
    room.spotify.trouble = { kind: 'none' }
    await new Promise((done) => setTimeout(done, 150))
    expect(room.asked()).toBe(asked)
    await room.links('emil')
    expect(await room.library.suggest('emil', 'a')).toEqual({ reading: { read: 0, total: 0, until: undefined } })
    expect((await found('emil', 'a')).library).toBe(3000)
  })
})

function fail(): never {
  throw new Error('There is no such song')
}
