import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSpotify } from '../../sandbox/spotify/in-process.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { waitLimit } from '../world/until.ts'
import { accessTokenOf } from './access-token.ts'

const gusId = 'b'.repeat(32)

describe.each([
  ['the file', false],
  ['Redis', withoutRedis()],
] as const)('the day of an app in %s', (kind, isSkipped) => {
  const ends: (() => Promise<unknown>)[] = []
  const stores: Store[] = []
  let open: () => Promise<Store>

  beforeEach(async () => {
    if (kind === 'Redis') {
      const redis = await startRedis()
      ends.push(() => redis.stop())
      open = async () => openStore({ redisUrl: redis.url, patience: waitLimit })
    } else {
      const directory = await mkdtemp(join(tmpdir(), 'hearsay-day-'))
      ends.push(() => rm(directory, { recursive: true }))
      open = async () => stores[0] ?? openStore({ directory })
    }
  })
  afterEach(async () => {
    await close()
    for (const end of ends.splice(0)) await end()
  })
  const close = async () => {
    for (const store of new Set(stores.splice(0))) await store.close()
  }

  test.skipIf(isSkipped)('is one for two replicas, is there after a restart, and is no other app’s', async () => {
    const ana = { id: 'ana-spotify', name: 'Ana', library: [], allowed: true }
    const spotify = createSpotify({ accounts: [ana], dailyLimit: 60 })
    const token = await accessTokenOf(spotify, spotify.http, ana.id)
    const replica = async () => {
      const store = await open()
      stores.push(store)
      const settings = { ...spotify.credentials, apiUrl: spotify.apiUrl, accountsUrl: spotify.accountsUrl }
      return createSpotifyClients(settings, spotify.http, store)
    }
    const [one, other] = [await replica(), await replica()]
    for (let page = 0; page < 25; page += 1) await one.operator.api.savedTracks(token, { offset: 0, purpose: 'page' })
    await one.operator.api.me(token)
    await one.flush()
    for (let block = 0; block < 20; block += 1)
      await other.operator.background.savedTracks(token, { offset: 0, purpose: 'library' })
    for (let member = 0; member < 14; member += 1)
      await other.operator.background.savedTracks(token, { offset: 0, purpose: 'roundup' })
    const by = { page: 25, library: 20, roundup: 14, account: 1 }
    expect(await other.operator.limiter.usage()).toEqual({ used: 60, by, limit: 1000, kind: 'assumed' })

    await expect(other.operator.api.savedTracks(token, { offset: 0, purpose: 'page' })).rejects.toMatchObject({
      reason: 'quota',
    })
    await expect
      .poll(() => one.operator.limiter.usage(), { timeout: waitLimit })
      .toMatchObject({ used: 61, limit: 60, kind: 'learned' })
    expect(await one.for(gusId).limiter.usage()).toMatchObject({ used: 0, limit: 1000, kind: 'assumed' })
    await Promise.all([one.flush(), other.flush()])
    await close()
    const { operator } = await replica()
    expect(await operator.limiter.usage()).toEqual({ used: 61, by: { ...by, page: 26 }, limit: 60, kind: 'learned' })
    await expect(operator.limiter.startReading({ isUpdate: false, isKept: true }).plan(11)).rejects.toMatchObject({
      needed: 11,
      left: 0,
    })
  })
})
