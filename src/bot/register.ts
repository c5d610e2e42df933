import { createHash } from 'node:crypto'
import { Routes, type REST } from 'discord.js'
import type { App } from '../app.ts'
import type { Commands } from './dispatch.ts'

/**
 * Tells Discord about the commands when they differ from what it was told last, so that restarts and
 * replicas cost nothing. In one guild when an id is given, else everywhere.
 */
export async function registerCommands(
  commands: Commands,
  rest: REST,
  store: App['store'],
  applicationId: string,
  guildId: string | undefined,
): Promise<'registered' | 'unchanged'> {
  const body = [...commands.values()].map(({ data }) => data)
  const where = `${applicationId}.${guildId ?? 'global'}`
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  if ((await store.get('registrations', where)) === hash) return 'unchanged'
  await rest.put(
    guildId ? Routes.applicationGuildCommands(applicationId, guildId) : Routes.applicationCommands(applicationId),
    { body },
  )
  await store.set('registrations', where, hash)
  return 'registered'
}
