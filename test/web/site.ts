import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createTemporaryRecords } from '../../src/accounts/temporary-records.ts'
import type { App } from '../../src/context.ts'
import type { Http, HttpRequest } from '../../src/http.ts'
import { createLibrary } from '../../src/library/library.ts'
import type { Log } from '../../src/log.ts'
import { createSharing } from '../../src/access.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { createDiscordOAuth } from '../../src/linking/discord-oauth.ts'
import { createInvitations } from '../../src/accounts/invitations.ts'
import { startWeb } from '../../src/web/server.ts'
import { memoryOfOne } from '../spotify/memory.ts'
import { createBrowser, type Browser, type Page, words } from '../../sandbox/browser.ts'
import { formHeaders } from './flow.ts'

/** The link pages alone, with providers that say what a test wants: for what cannot be had from a whole world. */
export interface Site {
  readonly browser: Browser
  /** Where it really listens; what it calls itself is another thing. */
  readonly url: string
  readonly store: Store
  readonly app: App
  /** The store's methods that were called. */
  readonly storeCalls: string[]
  /** The forms that went to token endpoints. */
  readonly exchanges: URLSearchParams[]
  /** Logged at level error; whatever a test leaves in here fails it. */
  readonly errors: unknown[]
  trouble: string | undefined
  /** Sends the form to one of our addresses; the redirect that it leads to. */
  post(path: string, form?: Record<string, string>): Promise<URL>
  /** Opens one of our addresses and follows nothing. */
  open(path: string): Promise<Page>
  stop(): Promise<void>
}

export const person = { id: '175928847299117063', username: 'ana', global_name: 'Ana' }
const providers = {
  discord: 'https://discord.example/oauth2/authorize',
  spotify: 'https://accounts.spotify.example',
}

const clientId = '123456789012345678'

/** `profile` is what Discord and Spotify call the person. */
export async function startSite(publicUrl: string, profile = { discord: 'Ana', spotify: 'Ana' }): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-site-'))
  const embedded = await openEmbedded(directory)
  const storeCalls: string[] = []
  const store = observed(embedded, storeCalls)
  const exchanges: URLSearchParams[] = []
  const http = answers(exchanges, profile)
  const key = { id: 'k1', key: Buffer.alloc(32, 1) }
  const crypto = createCrypto(key, [key])
  const apiUrl = 'https://api.spotify.example/v1'
  const spotify = createSpotifyClients(
    { accountsUrl: providers.spotify, apiUrl, clientId: 'spotify-app', clientSecret: 's' },
    http,
    () => memoryOfOne(),
  )
  const temporaryRecords = createTemporaryRecords(store, crypto)
  const accounts = createAccounts(store, crypto, spotify)
  const invitations = createInvitations({ store, crypto, temporaryRecords, publicUrl })
  const library = createLibrary(accounts)
  const sharing = createSharing(store, crypto, temporaryRecords)
  const app = {
    publicUrl,
    store,
    crypto,
    temporaryRecords,
    spotify,
    accounts,
    library,
    sharing,
    invitations,
  } as App
  const settings = { host: '127.0.0.1', port: 0, trustProxy: 1, providers: Object.values(providers).map(originOf) }
  const discord = createDiscordOAuth(
    { clientId, clientSecret: 's', apiUrl: 'https://discord.example/api', authorizeUrl: providers.discord },
    http,
  )
  const errors: unknown[] = []
  const browser = createBrowser()
  const state: Pick<Site, 'trouble'> = { trouble: undefined }
  const parts = {
    app,
    discord,
    announce: async () => undefined,
    trouble: async () => state.trouble,
    log: { error: (details: unknown) => void errors.push(details) } as unknown as Log,
  }
  const web = await startWeb(settings, parts)
  const url = `http://127.0.0.1:${web.port}`
  return Object.assign(state, {
    browser,
    url,
    store,
    app,
    storeCalls,
    exchanges,
    errors,
    async post(path: string, form: Record<string, string> = {}) {
      const body = new URLSearchParams(form).toString()
      const page = await browser.send(url + path, { method: 'POST', body, headers: formHeaders })
      return new URL(page.headers.get('location') ?? expect.unreachable(`${page.status} ${words(page)}`))
    },
    open: (path: string) => browser.send(url + path),
    async stop() {
      await web.stop(performance.now() + 5_000)
      await embedded.close()
      rmSync(directory, { recursive: true })
      expect(errors).toEqual([])
    },
  })
}

function answers(exchanges: URLSearchParams[], profile: { discord: string; spotify: string }): Http {
  const token = { access_token: 'access', refresh_token: 'refresh', token_type: 'Bearer', expires_in: 3600 }
  return async (url, { body }: HttpRequest = {}) => {
    if (url.endsWith('/token')) exchanges.push(new URLSearchParams(body))
    const who = { application: { id: clientId }, user: { ...person, username: profile.discord, global_name: null } }
    const said = url.endsWith('/oauth2/@me') ? who : { ...token, id: 'ana-spotify', display_name: profile.spotify }
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(said)) }
  }
}

function observed(store: Store, calls: string[]): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      calls.push(name)
      return target[name]
    },
  })
}

function originOf(url: string): string {
  return new URL(url).origin
}
