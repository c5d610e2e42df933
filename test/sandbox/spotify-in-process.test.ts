import { expect, onTestFinished, test } from 'vitest'
import { makeAccounts } from '../../sandbox/people.ts'
import { createSpotify } from '../../sandbox/spotify/in-process.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { createHttp, type Http } from '../../src/http.ts'
import { accessTokenOf, type Tokens } from '../spotify/access-token.ts'

const now = Date.UTC(2026, 10, 22)
const options = () => ({ accounts: makeAccounts(now).slice(0, 1), now: () => now })
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

test('what it answers without a network is what it answers over one', async () => {
  const [near, far, http] = [createSpotify(options()), await startSpotify(options()), createHttp()]
  onTestFinished(() => Promise.all([far.close(), http.close()]).then(() => undefined))
  for (const [method, path, body] of [
    ['GET', '/v1/me'],
    ['GET', '/v1/me/tracks?limit=50&offset=50'],
    ['GET', '/v1/me/tracks?limit=50&offset=0&market=GB'],
    ['GET', '/v1/me/tracks?limit=51'],
    ['PUT', '/v1/me/library?uris=spotify:track:0123456789012345678901'],
    ['GET', '/v1/nothing/here'],
    ['POST', '/api/token', 'grant_type=refresh_token&refresh_token=nobodys'],
    ['POST', '/api/token'],
  ] as const) {
    const told = async (spotify: Tokens, send: Http): Promise<unknown> => {
      const authorization = `Bearer ${await accessTokenOf(spotify, send, 'ana-spotify')}`
      const headers = body === undefined ? { authorization } : form
      const answer = await send(spotify.accountsUrl + path, { method, headers, ...(body !== undefined && { body }) })
      return [answer.status, answer.headers['content-type'], answer.body.toString().replaceAll(spotify.accountsUrl, '')]
    }
    expect(await told(near, near.http)).toEqual(await told(far, http.send))
  }
})
