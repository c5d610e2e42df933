import { afterAll, expect, test } from 'vitest'
import { createClient } from '../../src/bot/client.ts'
import { readInteraction } from '../../src/bot/receive.ts'

const client = createClient({ apiUrl: 'http://127.0.0.1:9', shards: undefined })
afterAll(() => client.destroy())

const idOf = (base: bigint, index: number): string => String(base + BigInt(index))

test('three hundred people in as many servers, channels and messages leave nothing in discord.js', () => {
  for (let index = 0; index < 300; index += 1) {
    const interaction = readInteraction(client, index % 3 === 0 ? inPrivate(index) : inServer(index))
    expect(interaction?.user.id).toBe(idOf(175_928_847_299_000_000n, index))
  }
  expect({
    users: client.users.cache.size,
    guilds: client.guilds.cache.size,
    channels: client.channels.cache.size,
    listeners: client.listenerCount('interactionCreate'),
    queues: client.rest.handlers.size,
  }).toEqual({ users: 0, guilds: 0, channels: 0, listeners: 0, queues: 0 })
})

test.each([{}, { type: 2 }, { type: 3, data: null }, { ...inServer(1), member: null }, { ...inServer(1), type: 99 }])(
  'a payload that makes no sense to discord.js is none: %j',
  (payload) => expect(readInteraction(client, payload)).toBeUndefined(),
)

function person(index: number) {
  return { id: idOf(175_928_847_299_000_000n, index), username: 'ana', global_name: null, avatar: null }
}

function common(index: number) {
  return {
    ...{
      id: idOf(1_180_000_000_000_000_000n, index),
      token: 'token',
      application_id: '1180000000000000001',
      version: 1,
    },
    ...{ app_permissions: '0', locale: 'en-US', authorizing_integration_owners: {} },
    entitlements: [{ id: idOf(1_190_000_000_000_000_000n, index), type: 1, deleted: false }],
  }
}

function inPrivate(index: number): object {
  const channel = { id: idOf(1_200_000_000_000_000_000n, index), type: 1, recipients: [person(index)] }
  const data = { id: '1180000000000000060', name: 'help', type: 1 }
  return { ...common(index), type: 2, context: 1, user: person(index), channel, channel_id: channel.id, data }
}

/** A press on a message that somebody else's command made and that names a third person. */
function inServer(index: number): object {
  const guild = { id: idOf(1_210_000_000_000_000_000n, index), locale: 'en-US', features: [] }
  const channel = { id: idOf(1_220_000_000_000_000_000n, index), type: 0, name: 'music', guild_id: guild.id }
  const message = {
    ...{ id: idOf(1_230_000_000_000_000_000n, index), channel_id: channel.id, type: 20, content: '', embeds: [] },
    ...{ author: { ...person(index + 1000), bot: true }, mentions: [person(index + 2000)], mention_roles: [] },
    ...{ attachments: [], components: [], flags: 0, timestamp: '2026-11-22T00:00:00.000Z', edited_timestamp: null },
    interaction_metadata: {
      ...{ id: common(index).id, type: 2, user: person(index + 3000), authorizing_integration_owners: {} },
    },
  }
  const member = { user: person(index), roles: [], permissions: '0', joined_at: '2024-01-01T00:00:00.000Z' }
  const data = { custom_id: 'liked:1', component_type: 2, id: 1 }
  return {
    ...common(index),
    type: 3,
    guild_id: guild.id,
    guild,
    channel,
    channel_id: channel.id,
    member,
    message,
    data,
  }
}
