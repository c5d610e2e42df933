import { expect, onTestFinished, test } from 'vitest'
import { makeAccounts } from '../../sandbox/people.ts'
import { createSpotify } from '../../sandbox/spotify/in-process.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import { createHttp } from '../../src/http.ts'
import { accessTokenOf } from '../spotify/access-token.ts'

const hour = 60 * 60_000

test('the apps of one owner share a day, and somebody else’s app has its own', async () => {
  let now = Date.UTC(2026, 10, 22)
  const accounts = makeAccounts(now).slice(0, 3)
  const spotify = createSpotify({ accounts, now: () => now, accessLifetime: 3 * 24 * 3_600, dailyLimit: 3 })
  const tokenFor = async (accountId: string, clientId: string): Promise<string> => {
    const [refreshToken, scopes] = [`refresh-${clientId}`, ['user-library-read']]
    spotify.adopt([{ refreshToken, accountId, clientId, scopes, consentAt: now }])
    const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId }
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(fields).toString()
    const answer = await spotify.http(`${spotify.accountsUrl}/api/token`, { method: 'POST', headers, body })
    return (JSON.parse(answer.body.toString()) as { access_token: string }).access_token
  }
  spotify.publicClients.push('second-app', 'bens-app')
  spotify.owners = { [spotify.credentials.clientId]: 'ana', 'second-app': 'ana' }
  const first = await accessTokenOf(spotify, spotify.http, 'ana-spotify')
  const second = await tokenFor('chiyo-spotify', 'second-app')
  const bens = await tokenFor('ben-spotify', 'bens-app')
  const ask = (token: string) => spotify.http(`${spotify.apiUrl}/me`, { headers: { authorization: `Bearer ${token}` } })

  for (const token of [first, first, second]) expect((await ask(token)).status).toBe(200)
  now += 1_250
  for (const token of [first, second]) {
    const { status, headers, body } = await ask(token)
    expect([status, JSON.parse(body.toString())]).toMatchObject([429, { error: { reason: 'QUOTA_EXCEEDED' } }])
    expect(headers['retry-after']).toBe('86398.75')
  }
  for (let times = 0; times < 3; times += 1) expect((await ask(bens)).status).toBe(200)
  // What was refused counts as well, so one request of the two is still too much.
  now += 24 * hour - 1_000
  expect((await ask(second)).status).toBe(200)
  expect((await ask(first)).status).toBe(429)
})

test('who tries the sandbox meets the quota of an app in development mode', async () => {
  const sandbox = await startSandbox({ port: 0 })
  const http = createHttp()
  onTestFinished(() => Promise.all([sandbox.close(), http.close()]).then(() => undefined))
  const { spotify } = sandbox
  const authorization = `Bearer ${await accessTokenOf(spotify, http.send, 'ben-spotify')}`
  const ask = async () => (await http.send(`${spotify.apiUrl}/me`, { headers: { authorization } })).status
  const statuses = await runConcurrently(Array.from({ length: 1_101 }), 8, ask)
  expect(statuses.filter((status) => status === 200)).toHaveLength(1_100)
  expect(statuses.at(-1)).toBe(429)
})
