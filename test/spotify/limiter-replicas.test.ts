import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeAccounts } from '../../sandbox/people.ts'
import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { createSpotifyClients, type SpotifyClient } from '../../src/spotify/clients.ts'
import { createHttp, type Http } from '../../src/http.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { link } from '../sandbox/oauth-client.ts'
import { startRedis, type RedisServer, withoutRedis } from '../store/redis-server.ts'
import { waitLimit } from '../world/until.ts'

const windowLimit = 12
// Of another process that says nothing for one and a half of it nothing is kept in reserve, and a busy machine is slow to speak.
const windowMilliseconds = 3_000

let redis: RedisServer
let spotify: FakeSpotify
let token: string
const http = createHttp()
const send: Http = (url, request) => http.send(url, { ...request, deadline: waitLimit })
const stores: Store[] = []

/** What one process has of all this. */
async function replica(limits: { windowRequests?: number; dailyRequests?: number }): Promise<SpotifyClient> {
  const store = await openStore({ redisUrl: redis.url, patience: waitLimit })
  stores.push(store)
  const settings = { ...spotify.credentials, apiUrl: spotify.apiUrl, accountsUrl: spotify.accountsUrl, ...limits }
  return createSpotifyClients(settings, send, store, { window: windowMilliseconds }).operator
}

test.skipIf(withoutRedis())(
  'two processes over one Redis, asking as fast as they may: Spotify refuses nothing, and people are served',
  async () => {
    await begin(windowLimit)
    const [one, other] = await Promise.all([
      replica({ windowRequests: windowLimit }),
      replica({ windowRequests: windowLimit }),
    ])
    spotify.trouble = { kind: 'slow', delay: 0.03 }
    const reading = [one, other].flatMap(({ background }, process) =>
      Array.from({ length: 16 }, (_, page) =>
        background.savedTracks(token, { offset: (process * 16 + page) * 50, purpose: 'library' }),
      ),
    )
    const people = [one, other].map(({ api }, process) =>
      api.savedTracks(token, { offset: 0, purpose: 'page', market: process ? 'GB' : 'SE' }),
    )
    await Promise.all([...reading, ...people])
    const statuses = spotify.requests.filter(({ path }) => path === '/v1/me/tracks').map(({ status }) => status)
    expect(statuses).toEqual(Array.from({ length: 34 }, () => 200))
    expect(one.limiter.state().window).toMatchObject({ limit: windowLimit })
  },
)

test.skipIf(withoutRedis())(
  'the day that two processes share is used up for both, and for the one that starts after them',
  async () => {
    // Nobody has to wait for the window.
    const limits = { windowRequests: 100, dailyRequests: 20 }
    await begin(100)
    const [one, other] = await Promise.all([replica(limits), replica(limits)])
    let answered = 0
    for (const { api } of [one, other]) {
      for (let page = 0; page < 13; page += 1) {
        const answer = api.savedTracks(token, {
          offset: page * 50,
          purpose: 'page',
          market: api === one.api ? 'SE' : 'GB',
        })
        answered += await answer.then(() => 1, leftToBeCounted)
      }
    }
    // What one of them held in advance was missing to the other.
    expect(answered).toBeGreaterThanOrEqual(18)
    const late = await replica(limits)
    await expect(late.background.me(token)).rejects.toMatchObject({ reason: 'quota' })
    for (let more = 0; more < 3; more += 1) answered += await late.api.me(token).then(() => 1, leftToBeCounted)
    expect(answered).toBeLessThanOrEqual(20)
    expect(spotify.requests.filter(({ path }) => path.startsWith('/v1/'))).toHaveLength(answered)
  },
)

function leftToBeCounted(error: unknown): number {
  if (error instanceof RateLimitedError && error.reason === 'quota') return 0
  throw error
}

async function begin(limit: number): Promise<void> {
  const limits = { windowLimit: limit, windowMilliseconds, dailyLimit: 60 }
  spotify = await startSpotify({ accounts: makeAccounts(Date.now()), ...limits })
  token = (await link(spotify, 'ana-spotify')).access_token
}

beforeEach(async () => {
  redis = await startRedis()
})

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await spotify.close()
  await redis.stop()
})
