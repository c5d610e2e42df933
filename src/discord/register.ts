import {
  DiscordAPIError,
  RateLimitError,
  RESTJSONErrorCodes as Code,
  Routes,
  type APIApplicationCommand,
  type REST,
} from 'discord.js'
import type { Config } from '../config.ts'
import { notTheApi } from '../connection-messages.ts'
import { sha256 } from '../crypto.ts'
import { holdLease } from '../store/held-lease.ts'
import type { Store } from '../store/store.ts'
import { whyNoAnswer } from './connecting.ts'
import type { Commands, LoadedCommand } from './load.ts'
import { StartupError } from '../errors.ts'

/** What Discord was told, and the ids that it has given the commands, by name. */
type Registration = { readonly hash: string; readonly ids: Readonly<Record<string, string>> }

/**
 * Tells Discord about the commands when they differ from what it was told last, so that restarts cost nothing,
 * and replicas that start together tell it once. In one guild when an id is given, else everywhere.
 * Rejects with StartupError or StoreUnavailableError, and with RateLimitError where Discord asks to wait for long.
 */
export async function registerCommands(
  commands: Commands,
  rest: REST,
  store: Store,
  { apiUrl, clientId, guildId }: Pick<Config['discord'], 'apiUrl' | 'clientId' | 'guildId'>,
): Promise<'registered' | 'unchanged'> {
  const entries = [...commands.values()].flatMap((command) =>
    [command, ...Object.values(command.contextMenus ?? {})].map(({ data }) => ({ command, data })),
  )
  const body = entries.map(({ data }) => data)
  const key = keyOf(clientId, guildId)
  const hash = sha256(JSON.stringify(body))
  const isKnown = async (): Promise<boolean> => (await registrationOf(store, key))?.hash === hash
  if (await isKnown()) return 'unchanged'
  // Of several processes that start together one tells Discord; should it die over that, the next one does.
  const lease = await holdLease(store, `register.${key}`, 30_000, { patience: Infinity, pause: 200 })
  try {
    // The process that had the lease before may have told the same.
    if (await isKnown()) return 'unchanged'
    const route = guildId ? Routes.applicationGuildCommands(clientId, guildId) : Routes.applicationCommands(clientId)
    const answer = await rest.put(route, { body }).catch((cause: unknown) => {
      if (cause instanceof RateLimitError) throw cause
      const listed = entries.map(({ command }) => command)
      throw new StartupError(why(cause, listed, guildId, apiUrl), { cause })
    })
    if (!Array.isArray(answer)) throw new StartupError(notTheApi(apiUrl, 'DISCORD_API_URL'))
    const ids = Object.fromEntries((answer as APIApplicationCommand[]).map(({ id, name }) => [name, id]))
    await store.set('registrations', key, { hash, ids })
    return 'registered'
  } finally {
    await lease?.release()
  }
}

/** The ids that Discord has given the commands, by name, for mentions that can be clicked. */
export async function commandIds(store: Store, applicationId: string, guildId: string | undefined) {
  return (await registrationOf(store, keyOf(applicationId, guildId)))?.ids ?? {}
}

function registrationOf(store: Store, key: string): Promise<Registration | undefined> {
  return store.get('registrations', key) as Promise<Registration | undefined>
}

function keyOf(applicationId: string, guildId: string | undefined): string {
  return `${applicationId}.${guildId ?? 'global'}`
}

/** @param listed the command of each entry in the list that Discord was sent */
function why(cause: unknown, listed: readonly LoadedCommand[], guildId: string | undefined, apiUrl: string): string {
  const isRefusal = cause instanceof DiscordAPIError && cause.status !== 401 && cause.code !== undefined
  if (!isRefusal) return whyNoAnswer(cause, apiUrl)
  const { code, message } = cause
  if (guildId && (code === Code.MissingAccess || code === Code.UnknownGuild))
    return 'The bot is not in the server that DISCORD_GUILD_ID names. Invite it there, or correct the id.'
  if (code === Code.NotAuthorizedToPerformThisActionOnThisApplication)
    return 'DISCORD_CLIENT_ID and DISCORD_TOKEN belong to different applications. Copy both from the same one.'
  return refusals(message, listed).join('\n') || `Discord did not take the commands: ${message}`
}

// discord.js writes what Discord says of each command, by its index in the list: `3.options[1].name[TOO_LONG]: Too long`.
const refusal = /^(\d+)\.((?:options\[(\d+)\])?.*?)\[\w+\]: (.*)$/gm

function refusals(message: string, listed: readonly LoadedCommand[]): string[] {
  return [...message.matchAll(refusal)].map(([, index, path = '', option, said]) => {
    const { files = [] } = listed[Number(index)] ?? {}
    const where = path.replaceAll(/\[(\d+)\]/g, '.$1')
    return `Discord refuses ${files[Number(option) + 1] ?? files[0]}: ${where}: ${said}`
  })
}
