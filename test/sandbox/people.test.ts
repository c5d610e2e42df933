import { expect, test } from 'vitest'
import { accountOf, makeAccounts, people } from '../../sandbox/people.ts'
import type { Song } from '../../sandbox/spotify/spotify.ts'

const now = Date.parse('2026-11-20T18:00:00Z')
const libraryOf = (id: string, at = now) => makeAccounts(at).find((account) => account.id === id)?.library ?? []
const thisWeek = (id: string) => {
  const recent = libraryOf(id).filter(({ addedAt }) => addedAt > now - 7 * 86_400_000)
  return new Set(recent.map(({ song }) => song?.id))
}
const idsOf = (id: string) => libraryOf(id).map(({ song }) => song?.id)

test('everybody on the Discord has an account, and only Gus is not on the allow-list', () => {
  const accounts = makeAccounts(now)
  expect(people.map(({ id }) => accountOf(id))).toEqual(accounts.map(({ id }) => id))
  expect(people.every(({ id }) => /^\d{17,19}$/.test(id))).toBe(true)
  expect(accountOf('1')).toBeUndefined()
  expect(accounts.filter(({ allowed }) => !allowed).map(({ name }) => name)).toEqual(['Gus'])
})

test.each([
  ['ana-spotify', 3120],
  ['ben-spotify', 42],
  ['chiyo-spotify', 8000],
  ['dara-spotify', 0],
  ['emil-spotify', 40_000],
  ['fay-spotify', 7],
  ['gus-spotify', 310],
])('%s has %i songs, each once, newest first, none in the future', (id, size) => {
  const library = libraryOf(id)
  expect(library).toHaveLength(size)
  expect(new Set(idsOf(id)).size).toBe(size)
  expect(library.every(({ addedAt }, index) => addedAt <= (library[index - 1]?.addedAt ?? now))).toBe(true)
  expect(idsOf(id).every((song) => song === undefined || /^[0-9A-Za-z]{22}$/.test(song))).toBe(true)
})

test('Ana finds the same songs at the same times after a restart', () => {
  expect(libraryOf('ana-spotify')).toEqual(libraryOf('ana-spotify'))
  const later = libraryOf('ana-spotify', now + 5000)
  expect(later[70]).toEqual({
    song: libraryOf('ana-spotify')[70]?.song,
    addedAt: (libraryOf('ana-spotify')[70]?.addedAt ?? 0) + 5000,
  })
})

test("Emil's forty thousand songs are made when they are first read, and then kept", () => {
  const emil = makeAccounts(now).find(({ name }) => name === 'Emil')
  expect(emil?.library).toHaveLength(40_000)
  expect(emil?.library).toBe(emil?.library)
})

test('Ana, Ben and Fay have liked some of the same songs this week', () => {
  const [ana, ben, fay] = [thisWeek('ana-spotify'), thisWeek('ben-spotify'), thisWeek('fay-spotify')]
  expect(ana.intersection(ben).size).toBe(3)
  expect(ana.intersection(ben).intersection(fay).size).toBe(1)
})

test('Chiyo has titles in scripts from Japan to Greece, Emil whole albums in one second', () => {
  const titles = libraryOf('chiyo-spotify')
    .map(({ song }) => song?.title)
    .join()
  for (const script of ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Arabic', 'Devanagari', 'Greek', 'Cyrillic']) {
    expect([script, new RegExp(`\\p{Script=${script}}`, 'u').test(titles)]).toEqual([script, true])
  }
  const seconds = Map.groupBy(libraryOf('emil-spotify'), ({ addedAt }) => addedAt)
  expect([...seconds.values()].filter((likes) => likes.length === 10).length).toBeGreaterThan(1000)
})

test("Fay's library has every oddity", () => {
  const songs = libraryOf('fay-spotify').map(({ song }) => song)
  const has = (check: (song: Song) => boolean) => songs.some((song) => song !== null && check(song))
  expect(songs).toContain(null)
  expect(has(({ local }) => local === true)).toBe(true)
  expect(has(({ playable }) => playable === false)).toBe(true)
  expect(has(({ title }) => title.includes('@everyone') && title.includes(']('))).toBe(true)
  expect(has(({ title }) => title.includes('\u202E') && /\p{M}{5}/u.test(title))).toBe(true)
  expect(has(({ title }) => title.length > 500)).toBe(true)
})
