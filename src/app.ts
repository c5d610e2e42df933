import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Locale } from 'discord.js'
import { createAccounts } from './accounts/accounts.ts'
import { makeFirstKey, openKeyring, placeOf, readKeyring, recordActiveKey } from './accounts/keyring.ts'
import { createTemporaryRecords } from './accounts/temporary-records.ts'
import { createBot } from './discord/bot.ts'
import { createClient, type InlineResponses } from './discord/client.ts'
import type { Deadlines } from './discord/dispatch.ts'
import { steadyShards } from './discord/gateway.ts'
import { loadCommands, type Commands } from './discord/load.ts'
import { createLinkTasks } from './discord/link-tasks.ts'
import { createGuilds } from './discord/guilds.ts'
import { createOtherMessages } from './discord/other-messages.ts'
import { createDirects } from './discord/directs.ts'
import { createPublisher } from './discord/publisher.ts'
import { createWaits } from './discord/waits.ts'
import type { Config } from './config.ts'
import type { App, OtherMessages } from './context.ts'
import { createSpotifyClients, limitsLeft } from './spotify/clients.ts'
import { createHttp, type Http } from './http.ts'
import { createLanguages, describe } from './i18n.ts'
import { logFailures } from './http-log.ts'
import { createIndexStore } from './library/index-store.ts'
import { createLibrary } from './library/library.ts'
import type { Log } from './log.ts'
import { createAccess, createMembership, type Guilds } from './access.ts'
import { createQuestions } from './questions.ts'
import { createSharing } from './sharing.ts'
import { createRoundups, type Publisher } from './roundups/roundups.ts'
import { noMetrics, openMetrics, type AppLimits } from './metrics.ts'
import { hasReserve, withoutRoom } from './store/disk-room.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { createDiscordOAuth } from './linking/discord-oauth.ts'
import { shareStoreCheck, startWeb } from './web/server.ts'
import { createInvitations } from './accounts/invitations.ts'
import { checkRandomSource } from './crypto.ts'
import { redirectUris } from './linking/callback.ts'
import { startWorker } from './roundups/worker.ts'
import { createReminders } from './reminders/reminders.ts'
import { createReminding } from './reminders/remind.ts'

/** What is under way when the program stops gets this long, in milliseconds. */
const patience = 9_500

const withoutKey = 'without it, what is stored cannot be read, and everybody has to link again'

/** Runs the program until `signal`. Rejects when it cannot start, or when Discord ends the session for good. */
export async function run(config: Config, log: Log, signal: AbortSignal, deadlines?: Deadlines): Promise<void> {
  checkRandomSource()
  await using ends = new AsyncDisposableStack()
  const started: { app?: App; stopWorker?: () => Promise<void> } = {}
  const languages = createLanguages(config.languages)
  for (const warning of languages.withoutEffect(Object.values(Locale))) log.warn(warning)
  const folder = new URL('../commands/', import.meta.url)
  const commands = await loadCommands(folder)
  /** Every language has to be read for it, which nobody waits for but Discord. */
  const inAllLanguages = () => loadCommands(folder, describe, languages.others())
  const readLimits = async (): Promise<AppLimits | undefined> => {
    if (!started.app) return undefined
    const { roundups, spotify } = started.app
    const overdueRoundups = await roundups.overdue().catch(() => undefined)
    return { ...(await limitsLeft(spotify.operator)), overdueRoundups }
  }
  const { metrics, stop: stopMetrics } = await openMetrics(config.metricsPort, readLimits, [...commands.keys()])
  ends.defer(stopMetrics)
  const store = await openStore(config.store, metrics.storeError, (sentence) => log.warn(sentence))
  ends.defer(() => store.close())
  if ('directory' in config.store && !hasReserve(config.store.directory)) log.warn(withoutRoom(config.store.directory))
  if (await makeFirstKey(config.tokenKeys, store))
    log.warn(`Made a key in ${placeOf(config.tokenKeys)}. Keep a copy of that file in another place: ${withoutKey}`)
  const http = createHttp()
  ends.defer(() => http.close())
  const send = logFailures(http.send, log)

  const responses: InlineResponses = new Map()
  const waits = createWaits(log)
  const client = createClient(config.discord, responses, waits.onWait, steadyShards(log))
  const directs = createDirects(client.rest, log, languages, config.discord.channelsUrl)
  const publisher = createPublisher(client.rest, log, languages, directs)
  const guilds = createGuilds(client.rest)
  const others = createOtherMessages(client.rest, config.discord.clientId)
  const app = await build(config, store, send, commands, publisher, metrics, guilds, languages, others)
  started.app = app
  ends.defer(() => app.spotify.flush())
  let stopBy = performance.now()
  ends.defer(() =>
    Promise.race([app.library.close(), sleep(Math.max(stopBy - performance.now(), 500), undefined, { ref: false })]),
  )
  const bot = createBot(client, config.discord, { commands, inAllLanguages, app, responses, waits }, log, deadlines)
  const storeTrouble = shareStoreCheck(store)
  const web = await startWeb(config, {
    app,
    log,
    discord: createDiscordOAuth(config.discord, send),
    tasks: createLinkTasks(client, config.discord.clientId, app, log),
    receive: bot.receive,
    trouble: async () => {
      const why = bot.trouble()
      return why === undefined ? storeTrouble() : { why }
    },
    waiting: () => [waits.told(), spotifyWait(app)].filter(Boolean).join('; ') || undefined,
  })
  ends.defer(() => web.stop(stopBy))
  ends.defer(async () => void (await Promise.all([bot.stop(), started.stopWorker?.()])))

  const asked = signal.aborted || once(signal, 'abort')
  if (!signal.aborted) await Promise.race([bot.start(), asked])
  const { accounts, invitations, reminders, roundups, sharing } = app
  const remind = createReminding({
    ...{ store, reminders, directs, now: Date.now },
    showsAnything: async (person) =>
      (await Promise.all([sharing, roundups].map((one) => one.servers(person)))).flat().length > 0,
    describe: (link) => ({
      ends: accounts.consentEnds(link),
      renewAt: invitations.plain(link.ownApp ? link.clientId : undefined),
    }),
  })
  started.stopWorker = startWorker(roundups, remind, metrics, log)
  // A provider that does not know an address says so on a page of its own, and nobody comes back to be told.
  const known = { port: web.port, redirects: redirectUris(config.web.publicUrl) }
  if (!signal.aborted) log.info(known, `Ready. People link their accounts at ${config.web.publicUrl}/link`)
  await Promise.race([bot.ended, asked])
  stopBy = performance.now() + patience
  log.info('Stopping')
}

/** When Spotify answers the operator's app again, where it asks to wait. */
function spotifyWait({ spotify }: App): string | undefined {
  const until = spotify.operator.limiter.state().blocked?.until ?? 0
  const left = Math.ceil((until - Date.now()) / 1000)
  return left > 0 ? `Spotify answers again at ${new Date(until).toISOString()}, in ${left} s` : undefined
}

/** The services of the program, put together over a store and a way to ask. */
export async function build(
  config: Config,
  store: Store,
  http: Http,
  commands: Commands,
  publisher: Publisher,
  metrics = noMetrics,
  guilds: Guilds = { isMember: async () => undefined, nameOf: async () => undefined },
  languages = createLanguages(),
  otherMessages: OtherMessages = { change: async () => false },
): Promise<App> {
  const ring = readKeyring(config.tokenKeys)
  const crypto = await openKeyring(ring, store, placeOf(config.tokenKeys))
  await recordActiveKey(ring, store)
  const temporaryRecords = createTemporaryRecords(store, crypto)
  const spotify = createSpotifyClients(config.spotify, http, store, { metrics })
  const accounts = createAccounts(store, crypto, spotify)
  const { publicUrl } = config.web
  const indexes = createIndexStore(accounts.libraryIndexes, config.libraryCacheHours)
  const library = createLibrary(accounts, undefined, undefined, indexes)
  const invitations = createInvitations(store, crypto, temporaryRecords, publicUrl)
  const questions = createQuestions(store, crypto, temporaryRecords, accounts)
  const sharing = createSharing(store, accounts, questions)
  const membership = createMembership(guilds, (person, server) =>
    Promise.all([sharing.set(person, server, false), roundups.leave(person, server)]),
  )
  const roundups = createRoundups(store, library, accounts, publisher, crypto, Date.now, membership)
  return {
    publicUrl,
    policies: config.policies,
    logoUrl: config.logoUrl,
    channelsUrl: config.discord.channelsUrl,
    languages,
    store,
    crypto,
    temporaryRecords,
    spotify,
    accounts,
    library,
    invitations,
    sharing,
    reminders: createReminders(store, accounts),
    questions,
    membership,
    guilds,
    access: createAccess(library, sharing, questions, membership),
    roundups,
    otherMessages,
    async endConsents(person) {
      await sharing.end(person)
      await roundups.leaveAll(person)
    },
    commands: [...commands.values()],
    metrics,
  }
}
