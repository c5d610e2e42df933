import { setTimeout as sleep } from 'node:timers/promises'
import { DiscordAPIError, type REST } from '@discordjs/rest'
import { RESTJSONErrorCodes, Routes } from 'discord-api-types/v10'
import type { App } from '../context.ts'
import { sha256 } from '../fingerprint.ts'
import type { Commands } from './dispatch.ts'
import { badToken, DiscordRefusedError } from './errors.ts'

/** Discord did not take the commands. The message says why and what to do. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError'
}

/**
 * Tells Discord about the commands when they differ from what it was told last, so that restarts cost nothing,
 * and replicas that start together tell it once. In one guild when an id is given, else everywhere.
 * Rejects with RegistrationError, DiscordRefusedError or StoreUnavailableError.
 */
export async function registerCommands(
  commands: Commands,
  rest: REST,
  store: App['store'],
  applicationId: string,
  guildId: string | undefined,
): Promise<'registered' | 'unchanged'> {
  const body = [...commands.values()].flatMap(({ data, contextMenus: menu = {} }) => [
    data,
    ...Object.values(menu).map((entry) => entry.data),
  ])
  const where = place(applicationId, guildId)
  const hash = sha256(JSON.stringify(body))
  const isKnown = async (): Promise<boolean> => {
    const known = (await store.get('registrations', where)) as Registration | undefined
    return known?.hash === hash
  }
  for (;;) {
    if (await isKnown()) return 'unchanged'
    // Of several that start together one tells Discord; should it die over that, the next one does.
    const lease = await store.lease(`register.${where}`, longestTelling)
    if (lease) {
      try {
        // Whoever had the lease before may have told the same.
        if (await isKnown()) return 'unchanged'
        const ids = await tell(commands, body, rest, applicationId, guildId)
        await store.set('registrations', where, { hash, ids })
        return 'registered'
      } finally {
        await lease.release().catch(() => undefined)
      }
    }
    await sleep(pause)
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
    if (cause instanceof DiscordAPIError && cause.status === 401) throw new DiscordRefusedError(badToken, { cause })
    throw new RegistrationError(why(cause, filesOf(commands), guildId), { cause })
  })
  return Object.fromEntries((answer as { id: string; name: string }[]).map(({ id, name }) => [name, id]))
}

/** The ids that Discord has given the commands, by name, for mentions that can be clicked. */
export async function commandIds(
  store: App['store'],
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

/** The file of each entry in the list that Discord is sent. */
function filesOf(commands: Commands): string[] {
  return [...commands].flatMap(([name, { contextMenus: menu = {} }]) => [name, ...Object.keys(menu).map(() => name)])
}

function why(cause: unknown, names: readonly string[], guildId: string | undefined): string {
  if (!(cause instanceof DiscordAPIError))
    return 'Discord did not answer when it was told the commands. Start Hearsay again in a minute.'
  const { code } = cause
  if (guildId && noSuchGuild.includes(Number(code)))
    return 'The bot is not in the server that DISCORD_GUILD_ID names. Invite it there, or correct the id.'
  if (code === RESTJSONErrorCodes.NotAuthorizedToPerformThisActionOnThisApplication)
    return 'DISCORD_CLIENT_ID and DISCORD_TOKEN belong to different applications. Copy both from the same one.'
  const refused = code === RESTJSONErrorCodes.InvalidFormBodyOrContentType ? refusals(cause, names) : []
  if (refused.length > 0) return refused.join('\n')
  return `Discord did not take the commands: ${cause.message}`
}

const noSuchGuild: readonly number[] = [RESTJSONErrorCodes.MissingAccess, RESTJSONErrorCodes.UnknownGuild]

/** Discord names a command by its place in the list. */
function refusals({ rawError }: DiscordAPIError, names: readonly string[]): string[] {
  const errors = 'errors' in rawError ? rawError.errors : undefined
  return Object.entries(errors ?? {}).flatMap(([place, tree]) => {
    const name = names[Number(place)]
    return name === undefined ? [] : [`Discord refuses commands/${name}.ts: ${flaws(tree, []).join(' ')}`]
  })
}

function flaws(tree: unknown, path: readonly string[]): string[] {
  if (typeof tree !== 'object' || tree === null) return []
  if ('_errors' in tree && Array.isArray(tree._errors)) {
    const said = tree._errors.map((error: { message?: unknown }) => String(error.message))
    return [`${path.join('.')}: ${said.join(' ')}`]
  }
  return Object.entries(tree).flatMap(([key, branch]) => flaws(branch, [...path, key]))
}
