import { createSpotifyClients, limiterStore } from '../../src/spotify/clients.ts'
import { createAccounts } from '../../src/accounts/accounts.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createTemporaryRecords } from '../../src/accounts/temporary-records.ts'
import type { App } from '../../src/context.ts'
import type { Http } from '../../src/http.ts'
import { createLibrary } from '../../src/library/library.ts'
import type { Log } from '../../src/log.ts'
import { createSharing } from '../../src/access.ts'
import type { Store } from '../../src/store/store.ts'
import { createDiscordOAuth } from '../../src/linking/discord-oauth.ts'
import { createInvitations } from '../../src/accounts/invitations.ts'
import { startWeb } from '../../src/web/server.ts'
import { modelStore } from '../store/model.ts'
import { addresses, createProviders, discordApp, spotifyApp, type Providers } from './providers.ts'

/** The real link pages on loopback, behind a proxy that gives it https, with everything that linking touches. */
export interface Program {
  /** Where it really listens. */
  readonly url: string
  readonly app: Pick<App, 'accounts' | 'invitations'>
  readonly providers: () => Providers
  linkOf(discordId: string): Promise<Link | undefined>
  /** What it told its operator. */
  readonly errors: unknown[]
  /** Forgets everybody and everything. */
  beginAnew(): void
  stop(): Promise<void>
}

export async function startProgram(): Promise<Program> {
  let current = modelStore()
  let providers = createProviders()
  const store = new Proxy({} as Store, { get: (_, name: keyof Store) => current[name] })
  const http: Http = (url, request) => providers.http(url, request)
  const key = { id: 'k1', key: Buffer.alloc(32, 1) }
  const crypto = createCrypto(key, [key])
  const spotify = createSpotifyClients(
    { accountsUrl: addresses.spotify, apiUrl: addresses.spotifyApi, clientId: spotifyApp, clientSecret: 's' },
    http,
    (id) => limiterStore(store, id),
  )
  const accounts = createAccounts(store, crypto, spotify)
  const publicUrl = addresses.site
  const temporaryRecords = createTemporaryRecords(store, crypto)
  const invitations = createInvitations({ store, crypto, temporaryRecords: temporaryRecords, publicUrl })
  const sharing = createSharing(store, crypto, temporaryRecords)
  const services = { accounts, temporaryRecords, invitations, library: createLibrary(accounts), sharing }
  const app = { publicUrl, store, crypto, spotify, ...services } as App
  const errors: unknown[] = []
  const discord = createDiscordOAuth(
    { clientId: discordApp, clientSecret: 's', apiUrl: addresses.discordApi, authorizeUrl: addresses.discord },
    http,
  )
  const web = await startWeb(
    { host: '127.0.0.1', port: 0, trustProxy: 1, providers: ['https://discord.test', addresses.spotify] },
    {
      ...{ app, discord, announce: async () => undefined, trouble: async () => undefined },
      log: { error: (details: unknown) => void errors.push(details) } as unknown as Log,
    },
  )
  return {
    url: `http://127.0.0.1:${web.port}`,
    app,
    providers: () => providers,
    linkOf: async (discordId) => (await current.get('links', discordId)) as Link | undefined,
    errors,
    beginAnew() {
      current = modelStore()
      providers = createProviders()
      errors.length = 0
    },
    stop: () => web.stop(performance.now() + 5_000),
  }
}
