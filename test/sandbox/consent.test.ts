import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeAccounts, people } from '../../sandbox/people.ts'
import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import {
  answerConsent,
  ask,
  askToken,
  authorizeUrl,
  consentCode,
  exchange,
  link,
  read,
  redirectUri,
  verifier,
} from './oauth-client.ts'
import type { Tokens } from './oauth-client.ts'

let spotify: FakeSpotify
let now = Date.parse('2026-11-20T18:00:00Z')

beforeEach(async () => {
  now = Date.parse('2026-11-20T18:00:00Z')
  spotify = await startSpotify({ accounts: makeAccounts(now), now: () => now })
})
afterEach(() => spotify.close())

const refresh = (token = '') => askToken(spotify, { grant_type: 'refresh_token', refresh_token: token })
const errorOf = async (response: Response) => ({ status: response.status, ...(await read<object>(response)) })

test('Ana sees her account chosen, what is asked, and one primary form', async () => {
  const cookie = `other=1; sandbox_person=${people[0]?.id}`
  const page = await (await fetch(authorizeUrl(spotify), { headers: { cookie } })).text()
  expect(page).toContain('value="ana-spotify" required checked')
  expect(page).toContain('See the songs you have liked')
  expect(page.match(/data-kind="primary"/g)).toHaveLength(1)
  expect(page).not.toContain('<script')
})

test('a stranger has to choose an account', async () => {
  expect(await (await fetch(authorizeUrl(spotify))).text()).not.toContain('checked>')
  expect((await answerConsent(authorizeUrl(spotify), 'agree', 'nobody')).searchParams.get('status')).toBe('400')
})

test.each([
  ['another client', { client_id: 'somebody' }, 'INVALID_CLIENT: Invalid client'],
  ['localhost', { redirect_uri: 'http://localhost:8888/callback/spotify' }, 'INVALID_CLIENT: Insecure redirect URI'],
  ['plain http', { redirect_uri: 'http://example.com/callback' }, 'INVALID_CLIENT: Insecure redirect URI'],
  ['another host', { redirect_uri: 'https://localhost/callback' }, 'INVALID_CLIENT: Invalid redirect URI'],
  ['no redirect URI', { redirect_uri: undefined }, 'INVALID_CLIENT: Invalid redirect URI'],
  ['a token', { response_type: 'token' }, 'response_type must be code'],
  ['a plain challenge', { code_challenge_method: 'plain' }, 'code_challenge_method must be S256'],
  ['a short challenge', { code_challenge: 'abc' }, 'code_challenge must be valid'],
  ['an unknown scope', { scope: 'user-library-read everything' }, 'Illegal scope'],
])('asking with %s is refused with a page', async (_name, changes, reason) => {
  const response = await fetch(authorizeUrl(spotify, changes))
  expect(response.status).toBe(400)
  expect(await response.text()).toContain(`<h1>${reason}</h1>`)
})

test('once redirect URIs are registered only those are taken, to the letter', async () => {
  spotify.redirectUris.push(redirectUri)
  expect((await fetch(authorizeUrl(spotify))).status).toBe(200)
  expect((await fetch(authorizeUrl(spotify, { redirect_uri: `${redirectUri}/` }))).status).toBe(400)
})

test('Ben cancels', async () => {
  const back = await answerConsent(authorizeUrl(spotify), 'cancel', 'ben-spotify')
  expect(back.href).toBe(`${redirectUri}?error=access_denied&state=a-state`)
})

test('Ana agrees, and her code is good once', async () => {
  const code = await consentCode(spotify, 'ana-spotify')
  const first = await exchange(spotify, code)
  expect(await first.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'user-library-read' })
  const second = await errorOf(await exchange(spotify, code))
  expect(second).toEqual({ status: 400, error: 'invalid_grant', error_description: 'Invalid authorization code' })
  expect(spotify.requests.map(({ accountId, status }) => [accountId, status])).toEqual([
    ['ana-spotify', 200],
    [undefined, 400],
  ])
})

test.each([
  ['a wrong verifier', { code_verifier: verifier.replace('a', 'b') }, 'code_verifier was incorrect'],
  ['another redirect URI', { redirect_uri: 'http://127.0.0.1:8888/' }, 'Invalid redirect URI'],
  ['another code', { code: 'guess' }, 'Invalid authorization code'],
])('a code with %s is refused', async (_name, changes, description) => {
  const answer = await errorOf(await exchange(spotify, await consentCode(spotify, 'ana-spotify'), changes))
  expect(answer).toMatchObject({ status: 400, error: 'invalid_grant', error_description: description })
})

test('a code lives ten minutes, an access token an hour, the consent six months', async () => {
  const late = await consentCode(spotify, 'ana-spotify')
  const tokens = await link(spotify, 'ana-spotify')
  now += 600_001
  expect(await errorOf(await exchange(spotify, late))).toMatchObject({
    error_description: 'Authorization code expired',
  })
  now = Date.parse('2026-11-20T19:00:00Z')
  expect((await ask(spotify, tokens.access_token, '/me')).status).toBe(401)
  now = Date.parse('2027-05-20T17:59:59Z')
  expect((await refresh(tokens.refresh_token)).status).toBe(200)
  now = Date.parse('2027-05-20T18:00:00Z')
  expect(await errorOf(await refresh(tokens.refresh_token))).toMatchObject({ error: 'invalid_grant' })
})

test('a refresh keeps the token, with rotation it replaces it', async () => {
  const { refresh_token: first } = await link(spotify, 'ana-spotify')
  expect(await (await refresh(first)).json()).not.toHaveProperty('refresh_token')
  spotify.rotation = true
  const { refresh_token: second } = await read<Tokens>(await refresh(first))
  expect(await errorOf(await refresh(first))).toMatchObject({ error: 'invalid_grant' })
  expect((await refresh(second)).status).toBe(200)
})

test('with lenient rotation a token is good until the one after it is used', async () => {
  const { refresh_token: first } = await link(spotify, 'ana-spotify')
  spotify.rotation = 'lenient'
  const { refresh_token: lost } = await read<Tokens>(await refresh(first))
  const { refresh_token: second } = await read<Tokens>(await refresh(first))
  expect((await refresh(second)).status).toBe(200)
  for (const token of [first, lost])
    expect(await errorOf(await refresh(token))).toMatchObject({ error: 'invalid_grant' })
  expect((await refresh(second)).status).toBe(200)
})

test('Ana withdraws her consent, Ben keeps his, and Ana may consent again', async () => {
  const [ana, ben] = [await link(spotify, 'ana-spotify'), await link(spotify, 'ben-spotify')]
  spotify.revoke('ana-spotify')
  const answer = await errorOf(await refresh(ana.refresh_token))
  expect(answer).toMatchObject({ error: 'invalid_grant', error_description: 'Refresh token revoked' })
  expect((await refresh(ben.refresh_token)).status).toBe(200)
  expect((await refresh((await link(spotify, 'ana-spotify')).refresh_token)).status).toBe(200)
})

test('without show_dialog somebody who agreed before is not asked again, unless for more', async () => {
  await link(spotify, 'ana-spotify')
  const visit = (scope: string) => {
    const url = authorizeUrl(spotify, { show_dialog: undefined, scope })
    return fetch(url, { headers: { cookie: `sandbox_person=${people[0]?.id}` }, redirect: 'manual' })
  }
  expect((await visit('user-library-read')).headers.get('location')).toContain(`${redirectUri}?code=`)
  expect((await visit('user-library-read user-library-modify')).status).toBe(200)
})

test('Gus brings an app of his own, without a secret', async () => {
  spotify.publicClients.push('gus-app')
  const back = await answerConsent(authorizeUrl(spotify, { client_id: 'gus-app' }), 'agree', 'gus-spotify')
  const fields = { grant_type: 'authorization_code', redirect_uri: redirectUri, client_id: 'gus-app' }
  const code = back.searchParams.get('code') ?? ''
  expect(await errorOf(await askToken(spotify, { ...fields, code }, false))).toMatchObject({ error: 'invalid_request' })
  const response = await askToken(spotify, { ...fields, code, code_verifier: verifier }, false)
  const tokens = await read<Tokens>(response)
  expect((await ask(spotify, tokens.access_token, '/me')).status).toBe(200)
  expect(await errorOf(await refresh(tokens.refresh_token))).toMatchObject({ error: 'invalid_grant' })
  const again = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: 'gus-app' }
  expect((await askToken(spotify, again, false)).status).toBe(200)
})

test('the token endpoint names what is wrong with a request', async () => {
  const errors = async (fields: Record<string, string>, basic?: boolean) =>
    (await read<{ error: string }>(await askToken(spotify, fields, basic))).error
  expect(await errors({ grant_type: 'password' })).toBe('unsupported_grant_type')
  expect(await errors({})).toBe('unsupported_grant_type')
  expect(await errors({ grant_type: 'refresh_token' })).toBe('invalid_request')
  expect(await errors({ grant_type: 'refresh_token' }, false)).toBe('invalid_client')
  const { clientId } = spotify.credentials
  expect(await errors({ grant_type: 'refresh_token', client_id: clientId }, false)).toBe('invalid_client')
  expect(await errors({ client_id: clientId, client_secret: 'wrong' }, false)).toBe('invalid_client')
  expect(spotify.surprises).toEqual([])
  expect(await errors({ client_id: clientId, client_secret: 'wrong' })).toBe('invalid_request')
  expect(spotify.surprises).toHaveLength(1)
})
