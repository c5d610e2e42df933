import { describe, expect, test } from 'vitest'
import { createSpotify } from '../../sandbox/spotify/in-process.ts'
import type { ScriptedAnswer } from '../../sandbox/spotify/spotify.ts'
import type { Http, HttpRequest } from '../../src/http.ts'
import { sha256 } from '../../src/crypto.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import type { LimiterStore } from '../../src/spotify/rate-limit/limiter.ts'
import type { RateLimitBlock } from '../../src/spotify/rate-limit/retry-after.ts'
import { redirectUri, verifier } from '../sandbox/oauth-client.ts'
import { codeOf } from './access-token.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const gusId = 'b'.repeat(32)
const track = '4uLU6hMCjMI75M1A2tKUQC'

interface Seen extends HttpRequest {
  readonly url: URL
  readonly form: URLSearchParams
}

/** Clients of the sandbox's Spotify, which knows Gus's app and answers as told first, and their requests. */
function clients(...answers: ScriptedAnswer[]) {
  const ben = { id: 'ben-spotify', name: 'Ben', library: [], allowed: true }
  const spotify = createSpotify({ accounts: [ben] })
  spotify.publicClients = [gusId]
  spotify.script(/./, ...answers)
  const seen: Seen[] = []
  const blocks = new Map<string, RateLimitBlock>()
  const http: Http = (url, request = {}) => {
    seen.push({ ...request, url: new URL(url), form: new URLSearchParams(request.body) })
    return spotify.http(url, request)
  }
  const settings = { accountsUrl: spotify.accountsUrl, apiUrl: spotify.apiUrl, ...spotify.credentials }
  const store: LimiterStore = {
    ...storeOf(memoryOfOne()),
    get: async (_, key) => blocks.get(key),
    set: async (_, key, block) => void blocks.set(key, block as unknown as RateLimitBlock),
  }
  /** Ben has agreed before; his refresh token. */
  const agreed = (clientId: string): string => {
    const refreshToken = `r-${clientId}`
    spotify.adopt([{ refreshToken, accountId: ben.id, clientId, scopes: [], consentAt: Date.now() }])
    return refreshToken
  }
  const agrees = (clientId: string): Promise<string> => codeOf(spotify, spotify.http, ben.id, { client_id: clientId })
  return { seen, blocks, agreed, agrees, ...spotify.credentials, ...createSpotifyClients(settings, http, store) }
}

describe('an app that somebody brought', () => {
  test('sends its id in the body and no Authorization header, to refresh and to exchange', async () => {
    const { seen, agreed, agrees, for: client } = clients()
    const { oauth } = client(gusId)
    expect(await oauth.refresh(agreed(gusId))).toBeDefined()
    const back = new URLSearchParams({ code: await agrees(gusId), state: 's' })
    expect(await oauth.exchange(oauth.validate(back, 's'), redirectUri, verifier)).toBeDefined()
    for (const { headers, form } of seen) {
      expect(Object.keys(headers ?? {}).map((name) => name.toLowerCase())).not.toContain('authorization')
      expect(form.get('client_id')).toBe(gusId)
      expect(form.has('client_secret')).toBe(false)
    }
    expect(seen.map(({ form }) => form.get('grant_type'))).toEqual(['refresh_token', 'authorization_code'])
    expect(seen[1]?.form.get('code_verifier')).toBe(verifier)
  })

  test('is the operator’s where the id is, with the secret in the header', async () => {
    const { seen, agreed, clientId, clientSecret, operator, for: client } = clients()
    expect(client(clientId)).toBe(operator)
    expect(await client(clientId).oauth.refresh(agreed(clientId))).toBeDefined()
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    })
  })

  test('asks for consent with its own id', async () => {
    const { for: client } = clients()
    const question = {
      redirectUri: 'http://x/cb',
      scope: 'user-library-read',
      state: 's',
      codeVerifier: 'v'.repeat(43),
    }
    expect(new URL(await client(gusId).oauth.authorizeUrl(question)).searchParams.get('client_id')).toBe(gusId)
  })

  test('waits alone: the block of one app stops no other', async () => {
    const tooMany = { status: 429, headers: { 'retry-after': '3600' }, body: {} }
    const { seen, blocks, operator, for: client } = clients(tooMany, { body: [true] })
    await expect(client(gusId).api.contains('t', [track])).rejects.toMatchObject({ name: 'RateLimitedError' })
    await expect(client(gusId).oauth.refresh('r')).rejects.toMatchObject({ name: 'RateLimitedError' })
    expect(await operator.api.contains('t', [track])).toEqual([track])
    expect(seen).toHaveLength(2)
    expect([...blocks.keys()]).toEqual([sha256(gusId)])
  })

  test('is forgotten when thousands of others come, but not that it has to wait', async () => {
    const tooMany = { status: 429, headers: { 'retry-after': '3600' }, body: {} }
    const { seen, for: client } = clients(tooMany)
    const first = client(gusId)
    await expect(first.api.contains('t', [track])).rejects.toMatchObject({ name: 'RateLimitedError' })
    expect(client(gusId)).toBe(first)
    for (let number = 0; number < 1000; number += 1) client(number.toString(16).padStart(32, '0'))
    expect(client(gusId)).not.toBe(first)
    await expect(client(gusId).api.contains('t', [track])).rejects.toMatchObject({ name: 'RateLimitedError' })
    expect(seen).toHaveLength(1)
  })
})

describe('saving', () => {
  const other = '7ouMYWpwJ422jRcDASZB7P'

  test('asks for tracks, puts them and takes them away, all of them at once', async () => {
    const { seen, operator } = clients({ body: [false, true] }, { status: 200, body: '' }, { status: 200, body: '' })
    expect(await operator.api.contains('t', [track, other])).toEqual([other])
    await operator.api.save('t', [track, other])
    await operator.api.remove('t', [track, other])
    expect(seen.map(({ method, url }) => `${method} ${decodeURIComponent(url.pathname + url.search)}`)).toEqual(
      ['GET /v1/me/library/contains', 'PUT /v1/me/library', 'DELETE /v1/me/library'].map(
        (asked) => `${asked}?uris=spotify:track:${track},spotify:track:${other}`,
      ),
    )
  })

  test.each([200, 201, 202, 204])('%i is done', async (status) => {
    await expect(clients({ status, body: '' }).operator.api.save('t', [track])).resolves.toBeUndefined()
  })

  test.each([
    [301, 'SpotifyDownError'],
    [400, 'UnknownItemError'],
    [401, 'UnauthorizedError'],
    [403, 'RefusedError'],
    [404, 'UnknownItemError'],
    [500, 'SpotifyDownError'],
  ])('%i is not', async (status, name) => {
    const { operator } = clients({ status }, { status })
    await expect(operator.api.save('t', [track])).rejects.toMatchObject({ name })
  })

  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['an empty list', []],
    ['a list for two', [true, false]],
    ['a word', ['true']],
    ['an object', { 0: true }],
  ])('%s is neither yes nor no', async (_, body) => {
    await expect(clients({ body }).operator.api.contains('t', [track])).rejects.toMatchObject({
      name: 'SpotifyDownError',
    })
  })
})
