import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeAccounts } from '../../sandbox/people.ts'
import type { FakeSpotify, Trouble } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { ask, askToken, link, read } from './oauth-client.ts'

interface Album {
  readonly images: readonly { readonly url: string }[]
}
interface Item {
  readonly added_at: string
  readonly track: {
    readonly id: string
    readonly uri: string
    readonly album: Album
    readonly [field: string]: unknown
  } | null
}
interface Page {
  readonly items: readonly Item[]
  readonly next: string | null
  readonly previous: string | null
  readonly [field: string]: unknown
}

let spotify: FakeSpotify
let now = 0

beforeEach(async () => {
  now = Date.parse('2026-11-20T18:00:00Z')
  spotify = await startSpotify({ accounts: makeAccounts(now), now: () => now, windowLimit: 30 })
})
afterEach(() => spotify.close())

async function pageOf(account: string, query = ''): Promise<Page> {
  const { access_token: token } = await link(spotify, account)
  return read<Page>(await ask(spotify, token, `/me/tracks${query}`))
}

const refusalOf = async (response: Response) => ({ status: response.status, body: await response.text() })
const refusal = (status: number, message: string) => ({ status, body: JSON.stringify({ error: { status, message } }) })

test("Ana's first page is twenty songs, and its neighbours are addresses", async () => {
  const page = await pageOf('ana-spotify')
  expect(page).toMatchObject({ total: 3120, limit: 20, offset: 0, previous: null })
  expect(page.items).toHaveLength(20)
  expect(page.href).toBe(`${spotify.apiUrl}/me/tracks?offset=0&limit=20`)
  expect(page.next).toBe(`${spotify.apiUrl}/me/tracks?offset=20&limit=20`)
  expect(page.items[0]?.added_at).toBe('2026-11-20T17:48:00Z')
  expect(page.items.map(({ track }) => track?.id)).toEqual(
    spotify
      .account('ana-spotify')
      .library.slice(0, 20)
      .map(({ song }) => song?.id),
  )
})

test('at the end of a library, after it and in an empty one there is no next page', async () => {
  const last = await pageOf('ben-spotify', '?limit=50&offset=30&market=SE')
  expect([last.items.length, last.next]).toEqual([12, null])
  expect(last.previous).toBe(`${spotify.apiUrl}/me/tracks?offset=0&limit=50&market=SE`)
  expect(await pageOf('ben-spotify', '?offset=42')).toMatchObject({ items: [], next: null, total: 42 })
  expect(await pageOf('dara-spotify')).toMatchObject({ items: [], next: null, previous: null, total: 0 })
})

test.each([
  ['limit=51', 'Invalid limit'],
  ['limit=0', 'Invalid limit'],
  ['limit=ten', 'Invalid limit'],
  ['limit=1&limit=2', 'Invalid limit'],
  ['offset=-1', 'Invalid offset'],
  ['market=se', 'Invalid market code'],
  ['market=SWE', 'Invalid market code'],
])('%s is refused', async (query, message) => {
  const { access_token: token } = await link(spotify, 'ana-spotify')
  expect(await refusalOf(await ask(spotify, token, `/me/tracks?${query}`))).toEqual(refusal(400, message))
})

test("Fay's oddities look as they do on the real one", async () => {
  const { items } = await pageOf('fay-spotify')
  const [ordinary] = items
  const local = items[5]?.track
  expect(items[6]).toMatchObject({ track: null })
  expect(local).toMatchObject({ id: null, is_local: true, external_urls: {}, href: null, album: { images: [] } })
  expect(local?.uri).toBe('spotify:local:Fay:Home+recordings:Demo%2C+kitchen%2C+two+microphones:187')
  expect(ordinary?.track?.uri).toBe(`spotify:track:${ordinary?.track?.id}`)
  expect(ordinary?.track?.external_urls).toEqual({ spotify: `https://open.spotify.com/track/${ordinary?.track?.id}` })
  for (const gone of ['available_markets', 'popularity', 'linked_from', 'is_playable', 'restrictions']) {
    expect(ordinary?.track).not.toHaveProperty(gone)
  }
  const inSweden = await pageOf('fay-spotify', '?market=SE')
  expect(inSweden.items[0]?.track).toMatchObject({ is_playable: true })
  expect(inSweden.items[4]?.track).toMatchObject({ is_playable: false, restrictions: { reason: 'market' } })
})

test('covers are drawn here, the same ones every time', async () => {
  const { items } = await pageOf('ana-spotify', '?limit=50')
  const covers = items.map(({ track }) => track?.album.images[1]?.url ?? '')
  const drawings = await Promise.all(covers.map(async (url) => (await fetch(url)).text()))
  expect(drawings.every((drawing) => drawing.startsWith('<svg ') && drawing.includes('width="300"'))).toBe(true)
  expect(new Set(drawings).size).toBe(new Set(covers).size)
  expect(await (await fetch(covers[0] ?? '')).text()).toBe(drawings[0])
  expect(covers[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/covers\/\w+\.svg\?size=300$/)
})

test('what a token does not allow is refused', async () => {
  const { access_token: token } = await link(spotify, 'ana-spotify', '')
  expect(await (await ask(spotify, token, '/me')).json()).toMatchObject({ id: 'ana-spotify', display_name: 'Ana' })
  expect(await refusalOf(await ask(spotify, token, '/me/tracks'))).toEqual(refusal(403, 'Insufficient client scope'))
  expect(await refusalOf(await fetch(`${spotify.apiUrl}/me`))).toEqual(refusal(401, 'No token provided'))
  expect(await refusalOf(await ask(spotify, 'guess', '/me'))).toEqual(refusal(401, 'Invalid access token'))
  spotify.expireAccessTokens()
  expect(await refusalOf(await ask(spotify, token, '/me'))).toEqual(refusal(401, 'The access token expired'))
  const gus = await link(spotify, 'gus-spotify')
  const refused = await refusalOf(await ask(spotify, gus.access_token, '/me'))
  expect(refused).toMatchObject({ status: 403, body: expect.stringContaining('the user may not be registered') })
})

test('Ben saves a song of Ana, sees it on top, and takes it back', async () => {
  const { access_token: token } = await link(spotify, 'ben-spotify', 'user-library-read user-library-modify')
  const song = spotify.account('ana-spotify').library[0]?.song?.id
  const contains = async () => (await ask(spotify, token, `/me/library/contains?uris=${uri}`)).json()
  const uri = `spotify:track:${song}`
  expect(await contains()).toEqual([false])
  expect((await ask(spotify, token, `/me/library?uris=${uri}`, 'PUT')).status).toBe(200)
  expect((await ask(spotify, token, `/me/library?uris=${uri}`, 'PUT')).status).toBe(200)
  expect(await contains()).toEqual([true])
  expect(spotify.account('ben-spotify').library).toHaveLength(43)
  expect(spotify.account('ben-spotify').library[0]).toMatchObject({ song: { id: song }, addedAt: now })
  expect((await ask(spotify, token, `/me/library?uris=${uri}`, 'DELETE')).status).toBe(200)
  expect(await contains()).toEqual([false])
})

test('saving is refused without the scope, without songs, for too many and for unknown ones', async () => {
  const reader = await link(spotify, 'ben-spotify')
  const { access_token: token } = await link(spotify, 'ben-spotify', 'user-library-modify')
  const save = async (uris: string) => (await ask(spotify, token, `/me/library?uris=${uris}`, 'PUT')).status
  const uri = `spotify:track:${'0'.repeat(22)}`
  expect((await ask(spotify, reader.access_token, `/me/library?uris=${uri}`, 'PUT')).status).toBe(403)
  expect(await save('')).toBe(400)
  expect(await save('spotify:track:short')).toBe(400)
  expect(await save(Array(41).fill(uri).join())).toBe(400)
  expect(await save(uri)).toBe(404)
})

test('Ana likes a new song while the page is open', async () => {
  const before = spotify.account('ana-spotify').library[0]
  const liked = spotify.like('ana-spotify')
  const page = await pageOf('ana-spotify')
  expect([page.total, page.items[0]?.added_at]).toEqual([3121, '2026-11-20T18:00:00Z'])
  expect(page.items.slice(0, 2).map(({ track }) => track?.id)).toEqual([liked.song?.id, before?.song?.id])
  spotify.unlike('ana-spotify', liked.song?.id ?? '')
  expect(spotify.account('ana-spotify').library[0]).toBe(before)
})

test('an app that asks too often waits for the window to move on', async () => {
  const { access_token: token } = await link(spotify, 'ana-spotify')
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(spotify, token, '/me')))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  now += 20_500
  const refused = await ask(spotify, token, '/me')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '9.5'])
  now += 10_000
  expect((await ask(spotify, token, '/me')).status).toBe(200)
})

test.each<[Trouble, number, string]>([
  [{ kind: 'unauthorized' }, 401, 'The access token expired'],
  [{ kind: 'not-allowed' }, 403, 'the user may not be registered'],
  [{ kind: 'no-premium' }, 403, 'Active premium subscription required for the owner of the app'],
  [{ kind: 'server-error' }, 500, 'Internal server error'],
  [{ kind: 'rate-limited', retryAfter: 7 }, 429, 'API rate limit exceeded'],
  [{ kind: 'quota', retryAfter: 79_892 }, 429, '"reason":"QUOTA_EXCEEDED"'],
])('trouble %o reaches the Web API and spares the token endpoint', async (trouble, status, text) => {
  const { access_token: token, refresh_token: again = '' } = await link(spotify, 'ana-spotify')
  spotify.trouble = trouble
  const response = await ask(spotify, token, '/me/tracks')
  expect(await refusalOf(response)).toEqual({ status, body: expect.stringContaining(text) })
  expect(response.headers.get('retry-after')).toBe('retryAfter' in trouble ? String(trouble.retryAfter) : null)
  expect((await askToken(spotify, { grant_type: 'refresh_token', refresh_token: again })).status).toBe(200)
})

test('what it does not know is a surprise', async () => {
  const { access_token: token } = await link(spotify, 'ana-spotify')
  expect((await ask(spotify, token, '/me/player')).status).toBe(501)
  expect((await ask(spotify, token, '/me/tracks?ids=x', 'PUT')).status).toBe(403)
  expect((await fetch(`${spotify.apiUrl}/me?access_token=${token}`)).status).toBe(401)
  expect(spotify.surprises).toHaveLength(3)
})
