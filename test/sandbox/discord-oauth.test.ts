import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { FakeDiscord } from '../../sandbox/discord/discord.ts'
import { ana, ben, openDiscord } from './discord-bot.ts'

const redirectUri = 'http://127.0.0.1:8888/callback/discord'
const verifier = 'v'.repeat(64)
const challenge = createHash('sha256').update(verifier).digest('base64url')

test('Ana agrees, and the application learns who she is', async () => {
  const discord = await openDiscord()
  const page = await open(discord, ana.id)
  expect(page).toContain('@ana')
  expect(page).toMatch(/<form[^>]*data-kind="primary"/)
  const back = await decide(discord, ana.id, 'authorize')
  expect(back.searchParams.get('state')).toBe('s1')
  const token = await exchange(discord, { code: back.searchParams.get('code') ?? '' })
  expect(token).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'identify', expires_in: 604800 } })
  expect(await ask(discord, '/users/@me', token.body.access_token)).toMatchObject({
    id: ana.id,
    username: 'ana',
    global_name: 'Ana',
  })
  expect(await ask(discord, '/oauth2/@me', token.body.access_token)).toMatchObject({
    application: { id: discord.credentials.clientId },
    scopes: ['identify'],
    user: { id: ana.id },
  })
  expect(discord.surprises).toEqual([])
})

test('a revoked token is dead', async () => {
  const discord = await openDiscord()
  const { body } = await exchange(discord, { code: await codeOf(discord) })
  expect(discord.liveTokens()).toBe(1)
  expect(await form(discord, '/oauth2/token/revoke', { ...secrets(discord), token: body.access_token })).toMatchObject({
    status: 200,
  })
  expect(discord.liveTokens()).toBe(0)
  expect(await ask(discord, '/users/@me', body.access_token)).toEqual({ message: '401: Unauthorized', code: 0 })
})

test('a code works once', async () => {
  const discord = await openDiscord()
  const code = await codeOf(discord)
  const basic = Buffer.from(`${discord.credentials.clientId}:${discord.credentials.clientSecret}`).toString('base64')
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  expect(await form(discord, '/oauth2/token', fields, { authorization: `Basic ${basic}` })).toMatchObject({
    status: 200,
  })
  expect(await exchange(discord, { code })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
})

test.each([
  ['verifier', { code_verifier: 'w'.repeat(64) }, 400, 'invalid_grant'],
  ['redirect URI', { redirect_uri: 'http://127.0.0.1:8888/other' }, 400, 'invalid_grant'],
  ['secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
  ['grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
])('a code with a wrong %s gives nothing', async (_name, fields, status, error) => {
  const discord = await openDiscord()
  expect(await exchange(discord, { code: await codeOf(discord), ...fields })).toMatchObject({ status, body: { error } })
  expect(discord.liveTokens()).toBe(0)
})

test('a code is dead after ten minutes', async () => {
  let time = Date.now()
  const discord = await openDiscord({ now: () => time })
  const code = await codeOf(discord)
  time += 10 * 60_000
  expect(await exchange(discord, { code })).toMatchObject({ body: { error: 'invalid_grant' } })
})

test('Cancel goes back with access_denied', async () => {
  const discord = await openDiscord()
  const back = await decide(discord, ana.id, 'cancel')
  expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 's1' })
})

test('a browser that nobody sits at asks who it is, and Ana can become Ben', async () => {
  const discord = await openDiscord()
  expect(await open(discord)).toContain('Who are you?')
  expect(await open(discord, ana.id, { switch: '1' })).toContain('Who are you?')
  const answer = await post(discord, '/oauth2/person', { person: ben.id, query: query(discord).toString() })
  expect(answer.headers.get('set-cookie')).toContain(`sandbox_person=${ben.id}; Path=/`)
  expect(answer.headers.get('location')).toBe(`/oauth2/authorize?${query(discord)}`)
})

test('consent drawn for Ana is not given by Ben', async () => {
  const discord = await openDiscord()
  const fields = { person: ana.id, decision: 'authorize', query: query(discord).toString() }
  const answer = await post(discord, '/oauth2/authorize', fields, `sandbox_person=${ben.id}`)
  expect(answer.status).toBe(400)
})

test.each([
  ['client_id', '1'],
  ['redirect_uri', 'https://evil.example/callback'],
  ['redirect_uri', 'javascript:alert(1)'],
])('a wrong %s (%s) stays on the page', async (name, value) => {
  const discord = await openDiscord()
  const answer = await fetch(`${discord.authorizeUrl}?${query(discord, { [name]: value })}`, { redirect: 'manual' })
  expect(answer.status).toBe(400)
})

test.each([
  ['response_type', 'token', 'unsupported_response_type'],
  ['scope', 'identify email', 'invalid_scope'],
  ['state', '', 'invalid_request'],
  ['code_challenge_method', 'plain', 'invalid_request'],
])('a wrong %s goes back to the application', async (name, value, error) => {
  const discord = await openDiscord()
  const answer = await fetch(`${discord.authorizeUrl}?${query(discord, { [name]: value })}`, { redirect: 'manual' })
  expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe(error)
})

test('where redirect URIs are registered, the page names the one to add', async () => {
  const discord = await openDiscord({ redirectUris: ['http://127.0.0.1:1/other'] })
  expect(await open(discord, ana.id)).toContain(`Register exactly this one: ${redirectUri}`)
})

function query(discord: FakeDiscord, change: Record<string, string> = {}): URLSearchParams {
  const { clientId } = discord.credentials
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
  const asked = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'identify',
    state: 's1',
  }
  return new URLSearchParams({ ...asked, ...pkce, ...change })
}

async function open(discord: FakeDiscord, personId?: string, change: Record<string, string> = {}): Promise<string> {
  const cookie = personId === undefined ? '' : `a=b; sandbox_person=${personId}`
  const answer = await fetch(`${discord.authorizeUrl}?${query(discord, change)}`, { headers: { cookie } })
  return answer.text()
}

async function decide(discord: FakeDiscord, personId: string, decision: string): Promise<URL> {
  const fields = { person: personId, decision, query: query(discord).toString() }
  const answer = await post(discord, '/oauth2/authorize', fields, `sandbox_person=${personId}`)
  return new URL(answer.headers.get('location') ?? '')
}

async function codeOf(discord: FakeDiscord): Promise<string> {
  return (await decide(discord, ana.id, 'authorize')).searchParams.get('code') ?? ''
}

function post(discord: FakeDiscord, path: string, fields: Record<string, string>, cookie = ''): Promise<Response> {
  const url = new URL(path, discord.authorizeUrl)
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie }, redirect: 'manual' })
}

function secrets({ credentials }: FakeDiscord) {
  return { client_id: credentials.clientId, client_secret: credentials.clientSecret }
}

function exchange(discord: FakeDiscord, fields: Record<string, string>) {
  const usual = { grant_type: 'authorization_code', redirect_uri: redirectUri, code_verifier: verifier }
  return form(discord, '/oauth2/token', { ...secrets(discord), ...usual, ...fields })
}

async function form(
  discord: FakeDiscord,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(`${discord.apiUrl}/v10${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
  })
  return { status: answer.status, body: (await answer.json()) as { access_token: string } }
}

async function ask(discord: FakeDiscord, path: string, token: string): Promise<unknown> {
  const answer = await fetch(`${discord.apiUrl}/v10${path}`, { headers: { authorization: `Bearer ${token}` } })
  return answer.json()
}
