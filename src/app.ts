import { createAccounts, type Accounts } from './accounts/accounts.ts'
import { openRing, ringBesideStore } from './accounts/ring.ts'
import type { Seal } from './accounts/seal.ts'
import { createBot } from './bot/bot.ts'
import { loadCommands } from './bot/load.ts'
import type { Config } from './config.ts'
import { explain, type Explanation } from './explain.ts'
import { createHttp } from './http.ts'
import { createLibrary, type Library } from './library/library.ts'
import type { Log } from './log.ts'
import { createSpotifyApi } from './spotify/client.ts'
import { createGate, type Block } from './spotify/gate.ts'
import { createSpotifyOAuth, type SpotifyOAuth } from './spotify/oauth.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { createDiscordLeg } from './web/discord-leg.ts'
import { shareStoreCheck } from './web/health.ts'
import { createInvitations, type Invitations } from './web/invitations.ts'
import { checkRandomSource } from './web/secrets.ts'
import { startWeb } from './web/server.ts'

/** What commands and pages are given: the rooms of the program, and nothing of the process. */
export interface App {
  readonly publicUrl: string
  readonly store: Store
  readonly seal: Seal
  readonly spotify: SpotifyOAuth
  readonly accounts: Accounts
  readonly library: Library
  readonly invitations: Invitations
  /** The words for a failure; undefined where nobody foresaw it. */
  explain(error: unknown): Explanation | undefined
}

/**
 * Runs the program until `signal`, then stops in the reverse order of starting. Rejects when it cannot start,
 * or when Discord ends the session for good.
 */
export async function run(config: Config, log: Log, signal: AbortSignal): Promise<void> {
  checkRandomSource()
  await using ends = new AsyncDisposableStack()
  const store = await openStore(config.store)
  ends.defer(() => store.close())
  const http = createHttp()
  ends.defer(() => http.close())

  const app = await build(config, store, http.send)
  const commands = await loadCommands(new URL('../commands/', import.meta.url))
  const bot = createBot(config.discord, commands, app, log)
  const storeTrouble = shareStoreCheck(store)
  const web = await startWeb(
    { ...config.web, providers: [origin(config.discord.authorizeUrl), origin(config.spotify.accountsUrl)] },
    {
      app,
      log,
      discord: createDiscordLeg(config.discord, http.send),
      announce: ({ token }, name) => bot.announceLink(token, name),
      trouble: async () => bot.trouble() ?? storeTrouble(),
    },
  )
  ends.defer(() => web.stop())
  ends.defer(() => bot.stop())

  const asked = aborted(signal)
  if (!signal.aborted) await Promise.race([bot.start(), asked])
  if (!signal.aborted) log.info({ port: web.port }, `Ready. People link their accounts at ${config.web.publicUrl}/link`)
  await Promise.race([bot.ended, asked])
  log.info('Stopping')
}

async function build(config: Config, store: Store, http: ReturnType<typeof createHttp>['send']): Promise<App> {
  const ring = config.tokenKeys ?? ringBesideStore('directory' in config.store ? config.store.directory : '.')
  const seal = await openRing(ring, store)
  const gate = createGate({
    load: async () => (await store.get('gate', config.spotify.clientId)) as Block | undefined,
    save: ({ until, reason }) =>
      store.set('gate', config.spotify.clientId, { until, reason }, Math.max(until - Date.now(), 1)),
  })
  const spotify = createSpotifyOAuth(config.spotify, http, gate)
  const api = createSpotifyApi(config.spotify.apiUrl, http, gate)
  const accounts = createAccounts(store, seal, spotify, api)
  const { publicUrl } = config.web
  return {
    publicUrl,
    store,
    seal,
    spotify,
    accounts,
    library: createLibrary(accounts, api),
    invitations: createInvitations({ store, seal, publicUrl }),
    explain,
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function origin(url: string): string {
  return new URL(url).origin
}
