import { once } from 'node:events'
import { createServer } from 'node:http'
import { makeCatalog } from '../songs/catalog.ts'
import { spotifyApp } from './app.ts'
import { adoptGrant, heldGrants } from './grants.ts'
import { importSongs, likeSong, unlikeSong } from './likes.ts'
import type { FakeSpotify, SpotifyAccount } from './spotify.ts'
import type { Switches, World } from './world.ts'

interface SpotifyOptions {
  readonly accounts: readonly SpotifyAccount[]
  /** Any free one when absent. */
  readonly port?: number
  /** Milliseconds since the epoch; the machine's clock when absent. */
  readonly now?: () => number
  /** Requests to the Web API that an app may make in a rolling 30 seconds; no limit when absent. */
  readonly windowLimit?: number
  /** Another length of that window, for those who cannot wait. */
  readonly windowMilliseconds?: number
  /** Requests to the Web API that an app may make in a rolling day; no limit when absent. */
  readonly dailyLimit?: number
}

/** Starts a Spotify on 127.0.0.1; rejects when the port is taken. */
export async function startSpotify(options: SpotifyOptions): Promise<FakeSpotify> {
  const switches: Switches = { trouble: { kind: 'none' }, rotation: false, redirectUris: [], publicClients: [] }
  const ending = new AbortController()
  const world = makeWorld(options, switches, ending.signal)
  const server = createServer(spotifyApp(world))
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('The server has no port.')
  world.origin = `http://127.0.0.1:${address.port}`

  const account = (id: string) => {
    const found = world.accounts.find((one) => one.id === id)
    if (!found) throw new Error(`There is no account "${id}" on this Spotify.`)
    return found
  }
  return Object.assign(switches, {
    apiUrl: `${world.origin}/v1`,
    accountsUrl: world.origin,
    credentials: world.credentials,
    accounts: world.accounts,
    requests: world.requests,
    surprises: world.surprises,
    account,
    like: (accountId, song) => likeSong(world, account(accountId), song),
    importSongs: (accountId, count) => importSongs(world, account(accountId), count),
    unlike: (accountId, songId) => unlikeSong(world, account(accountId), songId),
    script: (match, ...answers) => void world.scripts.push({ match, answers }),
    expireAccessTokens() {
      for (const token of world.accessTokens.values()) token.expiresAt = 0
    },
    revoke(accountId) {
      for (const grant of world.grants) if (grant.account === account(accountId)) grant.revoked = true
    },
    grants: () => heldGrants(world),
    adopt(grants) {
      for (const held of grants) adoptGrant(world, account(held.accountId), held)
    },
    async close() {
      ending.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  } satisfies Omit<FakeSpotify, keyof Switches>)
}

function makeWorld(options: SpotifyOptions, switches: Switches, closing: AbortSignal): World {
  return {
    accounts: options.accounts,
    catalog: makeCatalog(),
    credentials: { clientId: '5b0e7c1d94f24a6fa3c8d2e6b17f4093', clientSecret: 'e41f8a2c6d9b43708f5c3e7a90b1d264' },
    switches,
    limits: {
      windowLimit: options.windowLimit ?? Infinity,
      windowMilliseconds: options.windowMilliseconds ?? 30_000,
      dailyLimit: options.dailyLimit ?? Infinity,
    },
    now: options.now ?? Date.now,
    closing,
    origin: '',
    surprises: [],
    requests: [],
    recordOf: new WeakMap(),
    grantOf: new WeakMap(),
    scripts: [],
    grants: [],
    codes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    asked: new Map(),
    overdrawn: new WeakMap(),
    seenSongs: new Map(),
  }
}
