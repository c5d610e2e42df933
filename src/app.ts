import { createAccounts, type Accounts } from './accounts/accounts.ts'
import { consentEnds } from './accounts/consent.ts'
import { NotLinkedError } from './accounts/errors.ts'
import type { Exported } from './accounts/export.ts'
import type { Link } from './accounts/links.ts'
import { openRing, ringBesideStore } from './accounts/ring.ts'
import type { Seal } from './accounts/seal.ts'
import { createTraces, type Traces } from './accounts/traces.ts'
import { createBot } from './bot/bot.ts'
import type { Commands } from './bot/dispatch.ts'
import { loadCommands } from './bot/load.ts'
import { commandIds } from './bot/register.ts'
import type { Config } from './config.ts'
import { explain, type Explanation } from './explain.ts'
import { fingerprint } from './fingerprint.ts'
import { createHttp, type Http } from './http.ts'
import { createLibrary, type Library } from './library/library.ts'
import type { Log } from './log.ts'
import { createLook, type Look } from './look.ts'
import { createSave, type Save } from './saving.ts'
import { createSharing, type Sharing } from './sharing.ts'
import { createSpotifyClients, type SpotifyClients } from './spotify/clients.ts'
import type { Block, BlockMemory } from './spotify/gate.ts'
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
  readonly traces: Traces
  readonly spotify: SpotifyClients
  readonly accounts: Accounts
  readonly library: Library
  readonly invitations: Invitations
  readonly sharing: Sharing
  readonly look: Look
  readonly save: Save
  readonly commands: Commands
  /** The ids that Discord has given the commands, by name. */
  commandIds(): Promise<Readonly<Record<string, string>>>
  /** When Spotify ends the consent behind a link, in milliseconds. */
  consentEnds(link: Link): number
  /** Everything that is stored about the person, secrets as "present". Rejects with NotLinkedError when nothing is. */
  exported(person: string): Promise<Exported>
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

  const commands = await loadCommands(new URL('../commands/', import.meta.url))
  const app = await build(config, store, http.send, commands)
  const bot = createBot(config.discord, commands, app, log)
  const storeTrouble = shareStoreCheck(store)
  const web = await startWeb(
    { ...config.web, providers: [origin(config.discord.authorizeUrl), origin(config.spotify.accountsUrl)] },
    {
      app,
      log,
      discord: createDiscordLeg(config.discord, http.send),
      announce: (token, news) => bot.announceLink(token, news),
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

/** The rooms of the program, put together over a store and a way to ask. */
export async function build(config: Config, store: Store, http: Http, commands: Commands): Promise<App> {
  const ring = config.tokenKeys ?? ringBesideStore('directory' in config.store ? config.store.directory : '.')
  const seal = await openRing(ring, store)
  const traces = createTraces(store, seal)
  const spotify = createSpotifyClients(config.spotify, http, (clientId) => blockMemory(store, clientId))
  const accounts = createAccounts(store, seal, spotify)
  const { publicUrl } = config.web
  const library = createLibrary(accounts)
  const invitations = createInvitations({ store, seal, traces, publicUrl })
  const sharing = createSharing(store, seal, traces)
  return {
    publicUrl,
    store,
    seal,
    traces,
    spotify,
    accounts,
    library,
    invitations,
    sharing,
    look: createLook(library, sharing),
    save: createSave(accounts, invitations),
    commands,
    commandIds: () => commandIds(store, config.discord.clientId, config.discord.guildId),
    consentEnds,
    async exported(person) {
      const [stored, servers] = await Promise.all([accounts.exported(person), sharing.servers(person)])
      if (!stored && servers.length === 0) throw new NotLinkedError()
      return { ...stored, sharing: servers }
    },
    explain,
  }
}

/** Under a hash: the Client ID that somebody brought goes with their link, and a block may last for a day. */
function blockMemory(store: Store, clientId: string): BlockMemory {
  const key = fingerprint(clientId)
  return {
    load: async () => (await store.get('gate', key)) as Block | undefined,
    save: ({ until, reason }) => store.set('gate', key, { until, reason }, Math.max(until - Date.now(), 1)),
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
