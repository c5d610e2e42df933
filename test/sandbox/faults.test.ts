import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeAccounts } from '../../sandbox/people.ts'
import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { ask, askToken, link } from './oauth-client.ts'

let spotify: FakeSpotify
let token = ''

beforeEach(async () => {
  spotify = await startSpotify({ accounts: makeAccounts(Date.now()) })
  token = (await link(spotify, 'ben-spotify')).access_token
})
afterEach(() => spotify.close())

test('scripted answers come in order, only where they match, and then it is itself again', async () => {
  spotify.script(
    /^GET \/v1\/me\/tracks$/,
    { status: 204 },
    { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' },
  )
  spotify.script(/token/, { status: 503, body: { error: 'temporarily_unavailable' } })
  expect((await ask(spotify, token, '/me')).status).toBe(200)
  expect((await ask(spotify, token, '/me/tracks?limit=50')).status).toBe(204)
  const html = await ask(spotify, token, '/me/tracks')
  expect([html.headers.get('content-type'), await html.text()]).toEqual(['text/html', '<p>'])
  expect((await ask(spotify, token, '/me/tracks')).status).toBe(200)
  expect(await (await askToken(spotify, {})).json()).toEqual({ error: 'temporarily_unavailable' })
  expect(spotify.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    'POST /api/token 200',
    'GET /v1/me 200',
    'GET /v1/me/tracks 204',
    'GET /v1/me/tracks 200',
    'GET /v1/me/tracks 200',
    'POST /api/token 503',
  ])
})

test('a connection can be cut, left hanging, or drip', async () => {
  spotify.script(/me$/, { fault: 'reset' }, { fault: 'hang' }, { fault: 'drip', body: { id: 'ben' } })
  await expect(ask(spotify, token, '/me')).rejects.toThrow('fetch failed')
  const leaving = new AbortController()
  const asking = { headers: { authorization: `Bearer ${token}` }, signal: leaving.signal }
  let answered = false
  const hanging = fetch(`${spotify.apiUrl}/me`, asking).finally(() => (answered = true))
  await expect.poll(() => spotify.requests.length).toBe(3)
  const dripping = await fetch(`${spotify.apiUrl}/me`, asking)
  expect(dripping.status).toBe(200)
  const { value } = (await dripping.body?.getReader().read()) ?? {}
  expect(value).toEqual(Uint8Array.of('{'.charCodeAt(0)))
  expect(answered).toBe(false)
  leaving.abort(new Error('left'))
  await expect(hanging).rejects.toThrow('left')
  expect(spotify.requests.slice(1).map(({ status }) => status)).toEqual([0, 0, 0])
})

test('a slow one answers late, the token endpoint too', async () => {
  spotify.trouble = { kind: 'slow', delay: 0.2 }
  const before = performance.now()
  const answers = await Promise.all([ask(spotify, token, '/me'), askToken(spotify, {})])
  expect(performance.now() - before).toBeGreaterThan(190)
  expect(answers.map(({ status }) => status)).toEqual([200, 400])
})

test('a taken port is an error, and closing does not wait for anybody', async () => {
  const port = Number(new URL(spotify.apiUrl).port)
  await expect(startSpotify({ accounts: [], port })).rejects.toThrow('EADDRINUSE')
  spotify.script(/me$/, { fault: 'hang' })
  const hanging = ask(spotify, token, '/me').catch((error: Error) => error.message)
  await expect.poll(() => spotify.requests.length).toBe(2)
  await spotify.close()
  expect(await hanging).toBe('fetch failed')
})

test('pages that are none come with 200, and only where songs were asked for', async () => {
  spotify.trouble = { kind: 'no-page' }
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(spotify, token, '/me/tracks?limit=50')))
  const bodies = await Promise.all(answers.map((answer) => answer.text()))
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
  expect(new Set(bodies).size).toBe(5)
  expect(await (await ask(spotify, token, '/me')).json()).toMatchObject({ id: 'ben-spotify' })
})

test('a stretch of songs answers 500 for good, and what lies around it does not', async () => {
  spotify.trouble = { kind: 'broken-pages', from: 100, to: 120 }
  const statuses = [0, 50, 100, 119, 120].map(async (offset) => {
    return (await ask(spotify, token, `/me/tracks?limit=50&offset=${offset}`)).status
  })
  expect(await Promise.all(statuses)).toEqual([200, 200, 500, 500, 200])
  expect((await ask(spotify, token, '/me/tracks?limit=50&offset=51')).status).toBe(500)
})

test('a total may be wrong, an import is of one second, and an episode is no track', async () => {
  spotify.trouble = { kind: 'wrong-total', total: 10_000_000 }
  spotify.importSongs('ben-spotify', 20)
  const [saved] = spotify.account('ben-spotify').library
  spotify.account('ben-spotify').library[0] = {
    addedAt: 0,
    song: { ...(saved?.song ?? expect.unreachable()), episode: true },
  }
  const answer = await ask(spotify, token, '/me/tracks?limit=21')
  const page = (await answer.json()) as { total: number; items: { added_at: string; track: object }[] }
  expect(page.total).toBe(10_000_000)
  const [episode, ...others] = page.items
  expect(episode?.track).toMatchObject({ type: 'episode', uri: expect.stringMatching(/^spotify:episode:/) })
  expect(new Set(others.slice(0, 19).map((item) => item.added_at)).size).toBe(1)
})

test('pages may come short', async () => {
  spotify.trouble = { kind: 'short-pages', most: 10 }
  const answer = await ask(spotify, token, '/me/tracks?limit=50')
  const page = (await answer.json()) as { total: number; items: object[] }
  expect(page.items).toHaveLength(10)
  expect(page.total).toBe(spotify.account('ben-spotify').library.length)
})
