import { DiscordAPIError, REST, Routes, type RESTOptions } from 'discord.js'
import { expect, onTestFinished, test } from 'vitest'
import { createDiscord, type DiscordInProcess } from '../../sandbox/discord/in-process.ts'
import type { FakeDiscord } from '../../sandbox/discord/discord.ts'
import { waitLimit } from '../world/until.ts'
import { ana, ben, commands, lobby, nextRow, openDiscord, quiet } from './discord-bot.ts'

const now = (): number => Date.UTC(2026, 10, 22)
const guild = { id: '410000000000000001', name: 'The flat' }
const elsewhere = {
  id: '310000000000000003',
  name: 'elsewhere',
  guild: { id: '410000000000000002', name: 'The garden' },
}
const group = { id: '310000000000000004', name: 'group', guild: null }
const options = { people: [ana, ben], channels: [lobby, quiet, elsewhere, group], guild, now }

test('what it answers without a network is what it answers over one', async () => {
  const [near, far] = [createDiscord(options), await openDiscord(options)]
  const messages = Routes.channelMessages(lobby.id)
  for (const ask of [
    (rest) => rest.get(Routes.channel(lobby.id)),
    (rest) =>
      rest.post(messages, { body: { content: 'Hello', components: [nextRow], nonce: 'a', enforce_nonce: true } }),
    (rest) => rest.post(messages, { body: { content: 'Hello again', nonce: 'a', enforce_nonce: true } }),
    (rest) => rest.post(messages, { body: { content: 'A file' }, files: [{ name: 'a.txt', data: Buffer.from('çé') }] }),
    (rest) => rest.post(messages, { body: { content: '' } }),
    (rest) => rest.post(messages, { body: { content: 'x'.repeat(2001) } }),
    (rest) => rest.post(Routes.channelMessages(quiet.id), { body: { content: 'Hello' } }),
    (rest) => rest.get(messages, { query: new URLSearchParams({ limit: '2', after: '0' }) }),
    (rest) => rest.get(Routes.channel('310000000000000009')),
    (rest) => rest.put(Routes.applicationCommands('1180000000000000001'), { body: commands }),
    (rest) => rest.get(Routes.guild(guild.id)),
  ] satisfies ((rest: REST) => Promise<unknown>)[]) {
    const [here, there] = await Promise.all([told(near, ask, near.makeRequest), told(far, ask)])
    expect(here).toEqual(there)
  }
  expect(near.surprises).toEqual(far.surprises)
})

test('a connection that is cut is an error, and what was asked for has happened', async () => {
  const discord = createDiscord(options)
  discord.loseNext(/messages$/)
  const post = (rest: REST) => rest.post(Routes.channelMessages(lobby.id), { body: { content: 'Hello' } })
  expect(await told(discord, post, discord.makeRequest)).toBe('Error: The connection was cut')
  expect(discord.messages(lobby.id, ana.id)).toMatchObject([{ content: 'Hello' }])
})

test('what people do comes to the bot, with the server that they are in, or with none', async () => {
  const discord = createDiscord(options)
  const came: object[] = []
  discord.connect((interaction) => came.push(interaction))
  const register = (rest: REST) => rest.put(Routes.applicationCommands('1180000000000000001'), { body: commands })
  await told(discord, register, discord.makeRequest)
  const typed = { query: 'rain', member: ben.id }
  for (const { id } of [lobby, elsewhere, group]) void discord.use(ana.id, id, 'liked search', typed)
  const [here, there, outside] = came
  const inServer = { member: { user: { id: ana.id } }, data: { resolved: { members: { [ben.id]: {} } } }, context: 0 }
  expect(here).toMatchObject({ ...inServer, guild_id: guild.id, authorizing_integration_owners: { 0: guild.id } })
  const garden = elsewhere.guild.id
  expect(there).toMatchObject({ ...inServer, guild_id: garden, authorizing_integration_owners: { 0: garden } })
  expect(outside).toMatchObject({
    ...{ user: { id: ana.id }, context: 2, channel: { type: 3 }, authorizing_integration_owners: { 1: ana.id } },
    data: { resolved: { users: { [ben.id]: {} } } },
  })
  for (const key of ['guild_id', 'guild', 'guild_locale', 'member']) expect(outside).not.toHaveProperty(key)
  expect(JSON.stringify(outside)).not.toContain('"members"')
})

/** The answer, or what Discord says instead. */
async function told(
  { apiUrl: api, credentials }: FakeDiscord | DiscordInProcess,
  ask: (rest: REST) => Promise<unknown>,
  makeRequest?: RESTOptions['makeRequest'],
): Promise<unknown> {
  const rest = new REST({ api, timeout: waitLimit, retries: 0, ...(makeRequest && { makeRequest }) })
  onTestFinished(() => {
    rest.clearHandlerSweeper()
    rest.clearHashSweeper()
  })
  return ask(rest.setToken(credentials.token)).catch((error: unknown) =>
    error instanceof DiscordAPIError ? [error.status, error.rawError] : String(error),
  )
}
