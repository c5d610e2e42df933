import { describe, expect, test } from 'vitest'
import { createLibrary } from '../../src/library/library.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, songsOf } from './list-fixture.ts'
import { wordsFilter } from '../../src/library/search.ts'

describe('one song of all', () => {
  test('two requests at most, and one with a cached front block', async () => {
    const list = createListFixture(songsOf(5000))
    const library = createLibrary(list.accounts)
    for (const most of [2, 1, 1, 1]) {
      const before = list.asked.length
      const { song, number, total } = await library.random('ana')
      expect([song?.title, total]).toEqual([`Song ${number}`, 5000])
      expect(list.asked.length - before).toBeLessThanOrEqual(most)
    }
  })

  test('the draw is fair: every song of 120 comes about as often, and in the long run all of them', async () => {
    const list = createListFixture(songsOf(120))
    const library = createLibrary(list.accounts)
    const drawn = new Map<number, number>()
    for (let draws = 0; draws < 6000; draws += 1) {
      const { number } = await library.random('ana')
      drawn.set(number, (drawn.get(number) ?? 0) + 1)
    }
    expect(drawn.size).toBe(120)
    // 50 each, with a deviation of 7: six of those are a chance of one in a million.
    for (const times of drawn.values()) expect(Math.abs(times - 50)).toBeLessThan(45)
  })

  test('a cached library needs no request', async () => {
    const list = createListFixture(songsOf(2000))
    const library = createLibrary(list.accounts, Date.now, waitLimit)
    await library.find('ana', wordsFilter('song'), { offset: 0 })
    const before = list.asked.length
    for (let draws = 0; draws < 50; draws += 1) {
      const { song, number } = await library.random('ana')
      expect(song?.title).toBe(`Song ${number}`)
    }
    expect(list.asked.length).toBe(before)
  })

  test('an empty library, and one in which nothing is left', async () => {
    const nothing = { song: undefined, number: 0, unread: 0 }
    for (const [songs, total, requests] of [
      [[], 0, 1],
      [Array.from({ length: 130 }, missing), 130, 2],
    ] as const) {
      const list = createListFixture([...songs])
      const library = createLibrary(list.accounts)
      expect(await library.random('ana')).toEqual({ ...nothing, total })
      expect(list.asked.length).toBeLessThanOrEqual(requests)
    }
  })

  test('SP-91 gaps are drawn past, within what is cached', async () => {
    const songs = songsOf(300).map((song, place) => (place % 50 === 7 || place < 2 ? song : missing(undefined, place)))
    const list = createListFixture(songs)
    const library = createLibrary(list.accounts)
    for (let draws = 0; draws < 40; draws += 1) {
      const { song, number } = await library.random('ana')
      expect(song).toEqual(songs[300 - number])
    }
    expect(list.asked.length).toBeLessThanOrEqual(6)
  })

  test('a list that has shrunk since its front was seen still gives a song', async () => {
    const list = createListFixture(songsOf(1000))
    const library = createLibrary(list.accounts)
    await library.newest('ana', { offset: 0 })
    const front = list.songs.slice(0, 50)
    list.songs = songsOf(60)
    // Who is drawn from that front by chance, without a request, was drawn from the list as it was.
    let isKnown = false
    for (let draws = 0; draws < 20; draws += 1) {
      const before = list.asked.length
      const { song, total } = await library.random('ana')
      isKnown ||= list.asked.length > before
      if (song) expect(isKnown ? list.songs : front).toContainEqual(song)
      expect(total).toBe(isKnown ? 60 : 1000)
      expect(list.asked.length - before).toBeLessThanOrEqual(2)
    }
    expect(isKnown).toBe(true)
  })
})

function missing(_: unknown, place: number): Song {
  return songOf(1, { uri: `missing:${place}`, title: '', url: undefined })
}
