import { beforeEach, describe, expect, test } from 'vitest'
import { accountMark, createLikedTracks } from '../../src/accounts/liked-tracks.ts'
import type { Link } from '../../src/accounts/links.ts'
import type { SpotifyApi } from '../../src/spotify/client.ts'
import { RateLimitedError, UnauthorizedError, UnknownItemError } from '../../src/spotify/errors.ts'

const link = {
  id: 'a-link',
  spotifyId: 'ana-spotify',
  scope: ['user-library-read', 'user-library-modify'],
} as unknown as Link
const ids = Array.from({ length: 40 }, (_, place) => `${String(place).padStart(2, '0')}${'x'.repeat(20)}`)
const idAt = (place: number): string => ids[place] ?? expect.unreachable()

/** A Spotify that knows these songs only. */
let liked: Set<string>
let unknown: Set<string>
let asked: string[]
let fails: (method: string, nth: number) => Error | undefined
beforeEach(() => {
  liked = new Set()
  unknown = new Set()
  asked = []
  fails = () => undefined
})

function request(method: string, tracks: readonly string[]): void {
  asked.push(method)
  const failure = fails(method, asked.length)
  if (failure) throw failure
  if (method !== 'contains' && tracks.some((id) => unknown.has(id))) throw new UnknownItemError('404')
}

const api = {
  contains: async (_, tracks) => (request('contains', tracks), tracks.filter((id) => liked.has(id))),
  save: async (_, tracks) => (request('save', tracks), tracks.forEach((id) => liked.add(id))),
  remove: async (_, tracks) => (request('remove', tracks), tracks.forEach((id) => liked.delete(id))),
} satisfies Partial<SpotifyApi> as unknown as SpotifyApi

const { likedAmong, saveTracks, removeTracks } = createLikedTracks({
  get: async () => link,
  // As accounts do it: once more with a newer token.
  withToken: (_person, _link, work) =>
    work('t', api).catch((error: unknown) => {
      if (error instanceof UnauthorizedError) return work('u', api)
      throw error
    }),
})

describe('songs that somebody saves', () => {
  test('are saved forty at once, for two requests; what was liked before is told apart', async () => {
    liked.add(idAt(3))
    const done = await saveTracks('ana', ids)
    expect(asked).toEqual(['contains', 'save'])
    expect([done.saved.length, done.already, done.unsaved, done.failure]).toEqual([39, [idAt(3)], [], undefined])
    expect(await likedAmong('ana', ids)).toEqual(ids)
    asked = []
    expect(await saveTracks('ana', ids)).toMatchObject({ saved: [], already: ids })
    expect(asked).toEqual(['contains'])
  })

  test.each([0, 1, 19, 20, 38, 39])('the others are saved where Spotify does not know number %i', async (place) => {
    unknown.add(idAt(place))
    const done = await saveTracks('ana', ids)
    expect([done.saved.length, done.unsaved, done.failure]).toEqual([39, [idAt(place)], undefined])
    expect(asked.length).toBeLessThanOrEqual(14)
  })

  test('where it knows none there is an end to it', async () => {
    for (const id of ids) unknown.add(id)
    expect(await saveTracks('ana', ids)).toMatchObject({ saved: [], already: [], unsaved: ids })
    expect(asked.length).toBeLessThanOrEqual(20)
  })

  test('a single one that it does not know is its failure', async () => {
    unknown.add(idAt(0))
    await expect(saveTracks('ana', [idAt(0)])).rejects.toBeInstanceOf(UnknownItemError)
  })

  test('what has been saved before Spotify asks to wait is told, with why the rest is not', async () => {
    unknown.add(idAt(39))
    const failure = new RateLimitedError(Date.now() + 60_000, 'rate')
    fails = (_, nth) => (nth > 3 ? failure : undefined)
    const done = await saveTracks('ana', ids)
    expect([done.saved, done.unsaved, done.failure]).toEqual([ids.slice(0, 20), ids.slice(20), failure])
    fails = () => failure
    await expect(saveTracks('ana', ids)).rejects.toBe(failure)
  })

  test('what is new stays so where the access token ends in between', async () => {
    fails = (_, nth) => (nth === 2 ? new UnauthorizedError('401') : undefined)
    expect(await saveTracks('ana', ids)).toMatchObject({ saved: ids, already: [] })
    expect(asked).toEqual(['contains', 'save', 'contains', 'save'])
  })

  test.each([[[]], [[...ids, 'y'.repeat(22)]], [['short']], [[`${idAt(0)}\n`]], [['../me/tracks?limit=5000']]])(
    '%j are none, and Spotify is not asked',
    async (wrong: string[]) => {
      for (const act of [() => saveTracks('ana', wrong), () => removeTracks('ana', wrong, accountMark(link))])
        await expect(act()).rejects.toMatchObject({ key: 'save.notASong' })
      expect(asked).toEqual([])
    },
  )
})

test('songs are taken back from the account to which they were saved, and no other', async () => {
  await saveTracks('ana', ids)
  asked = []
  await expect(removeTracks('ana', ids, '99999999')).rejects.toMatchObject({ key: 'songs.undo.otherLink' })
  expect(asked).toEqual([])
  await removeTracks('ana', ids.slice(0, 39), accountMark(link))
  expect([asked, [...liked]]).toEqual([['remove'], [idAt(39)]])
})
