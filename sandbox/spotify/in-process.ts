import { askInProcess } from '../in-process.ts'
import type { Answered } from '../in-process.ts'
import { spotifyApp } from './app.ts'
import { adoptGrant, heldGrants } from './grants.ts'
import { findSong, importSongs, likeSong, unlikeSong } from './likes.ts'
import type { FakeSpotify } from './spotify.ts'
import { createWorld } from './world.ts'
import type { SpotifyOptions, World } from './world.ts'

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The sandbox's Spotify without a network, for tests that stop the time or make thousands of requests. */
export interface SpotifyInProcess extends Omit<FakeSpotify, 'close'> {
  /** Carries a request to it, whatever the host, and gives its answer. Rejects where the connection is cut. */
  readonly http: (url: string, sent?: Sent) => Promise<Answered>
}

export function createSpotify(options: SpotifyOptions): SpotifyInProcess {
  const world = createWorld(options, new AbortController().signal)
  const app = spotifyApp(world)
  return Object.assign(withoutNetwork(world), {
    http(url: string, { method = 'GET', headers = {}, body }: Sent = {}) {
      const { pathname, search } = new URL(url)
      return askInProcess(app, {
        method,
        path: pathname + search,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        ...(body !== undefined && { body: Buffer.from(body) }),
      })
    },
  })
}

/** What is the same with a network and without. */
export function withoutNetwork(world: World): Omit<FakeSpotify, 'close'> {
  const account = (id: string) => {
    const found = world.accounts.find((one) => one.id === id)
    if (!found) throw new Error(`There is no account "${id}" on this Spotify.`)
    return found
  }
  return Object.assign(world.switches, {
    apiUrl: `${world.origin}/v1`,
    accountsUrl: world.origin,
    credentials: world.credentials,
    accounts: world.accounts,
    playlists: world.playlists,
    requests: world.requests,
    surprises: world.surprises,
    account,
    like: (accountId, song) => likeSong(world, account(accountId), song),
    importSongs: (accountId, count) => importSongs(world, account(accountId), count),
    unlike: (accountId, songId) => unlikeSong(world, account(accountId), songId),
    song: (songId) => findSong(world, songId),
    script: (match, ...answers) => void world.scripts.push({ match, answers }),
    expireAccessTokens(accountId) {
      for (const token of world.accessTokens.values()) {
        if (accountId === undefined || token.grant.account.id === accountId) token.expiresAt = 0
      }
    },
    revoke(accountId) {
      for (const grant of world.grants) if (grant.account === account(accountId)) grant.revoked = true
    },
    grants: () => heldGrants(world),
    adopt(grants) {
      for (const held of grants) adoptGrant(world, account(held.accountId), held)
    },
  } satisfies Omit<FakeSpotify, keyof World['switches'] | 'close'>)
}
