import { DiscordAPIError, RESTJSONErrorCodes, Routes, type REST } from 'discord.js'
import { sha256 } from '../crypto.ts'
import { holdLease } from '../store/held-lease.ts'
import type { Store } from '../store/store.ts'
import type { Commands, LoadedCommand } from './load.ts'
import { StartupError } from '../errors.ts'
import { badToken } from './connection.ts'

/**
 * Tells Discord about the commands when they differ from what it was told last, so that restarts cost nothing,
 * and replicas that start together tell it once. In one guild when an id is given, else everywhere.
 * Rejects with StartupError or StoreUnavailableError.
 */
export async function registerCommands(
  commands: Commands,
  rest: REST,
  store: Store,
  applicationId: string,
  guildId: string | undefined,
): Promise<'registered' | 'unchanged'> {
  const body = [...commands.values()].flatMap(({ data, contextMenus = {} }) => [
    data,
    ...Object.values(contextMenus).map((entry) => entry.data),
  ])
  const where = place(applicationId, guildId)
  const hash = sha256(JSON.stringify(body))
  const isKnown = async (): Promise<boolean> => {
    const known = (await store.get('registrations', where)) as Registration | undefined
    return known?.hash === hash
  }
  if (await isKnown()) return 'unchanged'
  // Of several processes that start together one tells Discord; should it die over that, the next one does.
  const lease = await holdLease(store, `register.${where}`, longestTelling, { patience: Infinity, pause })
  try {
    // The process that had the lease before may have told the same.
    if (await isKnown()) return 'unchanged'
    const ids = await tell(commands, body, rest, applicationId, guildId)
    await store.set('registrations', where, { hash, ids })
    return 'registered'
  } finally {
    await lease?.release()
  }
}

const longestTelling = 30_000
const pause = 200

async function tell(
  commands: Commands,
  body: readonly object[],
  rest: REST,
  applicationId: string,
  guildId: string | undefined,
): Promise<Registration['ids']> {
  const route = guildId
    ? Routes.applicationGuildCommands(applicationId, guildId)
    : Routes.applicationCommands(applicationId)
  const answer = await rest.put(route, { body }).catch((cause: unknown) => {
    if (cause instanceof DiscordAPIError && cause.status === 401) throw new StartupError(badToken, { cause })
    throw new StartupError(why(cause, entriesOf(commands), guildId), { cause })
  })
  return Object.fromEntries((answer as { id: string; name: string }[]).map(({ id, name }) => [name, id]))
}

/** The ids that Discord has given the commands, by name, for mentions that can be clicked. */
export async function commandIds(
  store: Store,
  applicationId: string,
  guildId: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  const known = (await store.get('registrations', place(applicationId, guildId))) as Registration | undefined
  return known?.ids ?? {}
}

type Registration = { readonly hash: string; readonly ids: Readonly<Record<string, string>> }

function place(applicationId: string, guildId: string | undefined): string {
  return `${applicationId}.${guildId ?? 'global'}`
}

/** The command of each entry in the list that Discord is sent. */
function entriesOf(commands: Commands): LoadedCommand[] {
  return [...commands.values()].flatMap((one) => [one, ...Object.keys(one.contextMenus ?? {}).map(() => one)])
}

function why(cause: unknown, entries: readonly LoadedCommand[], guildId: string | undefined): string {
  if (!(cause instanceof DiscordAPIError))
    return 'Discord did not answer when it was told the commands. Start Hearsay again in a minute.'
  const { code } = cause
  if (guildId && noSuchGuild.includes(Number(code)))
    return 'The bot is not in the server that DISCORD_GUILD_ID names. Invite it there, or correct the id.'
  if (code === RESTJSONErrorCodes.NotAuthorizedToPerformThisActionOnThisApplication)
    return 'DISCORD_CLIENT_ID and DISCORD_TOKEN belong to different applications. Copy both from the same one.'
  const refused = code === RESTJSONErrorCodes.InvalidFormBodyOrContentType ? refusals(cause, entries) : []
  if (refused.length > 0) return refused.join('\n')
  return `Discord did not take the commands: ${cause.message}`
}

const noSuchGuild: readonly number[] = [RESTJSONErrorCodes.MissingAccess, RESTJSONErrorCodes.UnknownGuild]

/** Discord names a command by its place in the list, and a subcommand by its place among the options. */
function refusals({ rawError }: DiscordAPIError, entries: readonly LoadedCommand[]): string[] {
  const errors = 'errors' in rawError ? rawError.errors : undefined
  return Object.entries(errors ?? {}).flatMap(([place, tree]) => {
    const entry = entries[Number(place)]
    return entry
      ? flaws(tree, []).map(({ path, said }) => `Discord refuses ${fileAt(entry, path)}: ${path.join('.')}: ${said}`)
      : []
  })
}

function fileAt({ file, subcommandFiles }: LoadedCommand, [first, index]: readonly string[]): string {
  return (first === 'options' && subcommandFiles[Number(index)]) || file
}

function flaws(tree: unknown, path: readonly string[]): { path: readonly string[]; said: string }[] {
  if (typeof tree !== 'object' || tree === null) return []
  if ('_errors' in tree && Array.isArray(tree._errors)) {
    const said = tree._errors.map((error: { message?: unknown }) => String(error.message))
    return [{ path, said: said.join(' ') }]
  }
  return Object.entries(tree).flatMap(([key, branch]) => flaws(branch, [...path, key]))
}
