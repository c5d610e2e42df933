import { MessageFlags } from 'discord.js'
import * as fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createClient, onInteraction, type KnownInteraction } from '../../src/discord/client.ts'
import type { Log } from '../../src/log.ts'
import { typedInto } from '../../src/views/pagination.ts'

const settings = { token: 'a.bot.token', apiUrl: 'http://127.0.0.1:9/api', shards: undefined }
const client = createClient(settings, new Map())
afterAll(() => client.destroy())

let warnings: string[] = []
beforeEach(() => (warnings = []))
const log = { debug: () => undefined, warn: (said: string) => void warnings.push(said) } as unknown as Log
const read = onInteraction(client, log, (interaction) => interaction)

const [guild, music] = ['197038439483310086', '197038439483310087']
const ana = { id: '175928847299117063', username: 'ana', global_name: 'Ana', avatar: null, discriminator: '0' }
const ben = { ...ana, id: '175928847299117064', username: 'ben', global_name: null, avatar: 'a_0123456789abcdef' }
const robot = { ...ben, id: '175928847299117065', username: 'robot', avatar: '0123456789abcdef', bot: true }
const musicChannel = {
  id: music,
  name: 'music',
  type: 0,
  permissions: '3072',
  app_permissions: '84992',
  guild_id: guild,
}

const base = {
  ...{ id: '1180000000000000777', token: 'aW50ZXJhY3Rpb24', application_id: '1180000000000000001', version: 1 },
  ...{ app_permissions: '84992', locale: 'en-US', entitlements: [], authorizing_integration_owners: { 0: guild } },
}
const inServer = {
  ...{ ...base, context: 0, guild_id: guild, guild: { id: guild, locale: 'en-US', features: [] } },
  ...{ channel_id: music, channel: musicChannel },
  member: { user: ana, roles: [], permissions: '2147483680', joined_at: '2024-01-01T00:00:00.000Z', flags: 0 },
}
const direct = { ...base, context: 1, user: ben, channel_id: music, channel: { id: music, type: 1, recipients: [ben] } }

const text = { name: 'query', type: 3, value: 'hello goodbye' }
const number = { name: 'days', type: 4, value: 7 }
const flag = { name: 'private', type: 5, value: false }
const user = { name: 'member', type: 6, value: robot.id }
const place = { name: 'channel', type: 7, value: music }
const resolved = { users: { [robot.id]: robot }, members: {}, channels: { [music]: musicChannel } }
const options = [{ name: 'recent', type: 1, options: [text, number, flag, user, place] }]
const data = { id: '1180000000000000060', name: 'liked', type: 1, options, resolved }

const shown = {
  ...{ id: '1180000000000000888', channel_id: music, type: 20, content: '', attachments: [], mentions: [] },
  ...{ mention_roles: [], flags: 0, timestamp: '2026-11-22T00:00:00.000Z', edited_timestamp: null, components: [] },
  ...{ author: robot, embeds: [{ author: { name: 'Ben', icon_url: 'https://cdn.discordapp.com/b.png' } }] },
  interaction_metadata: { id: '1180000000000000999', type: 2, user: ben, authorizing_integration_owners: {} },
}
const press = { ...inServer, type: 3, message: shown, data: { custom_id: 'liked:1:x', component_type: 2, id: 1 } }
const field = { type: 4, id: 3, custom_id: 'page', value: '12' }
const inLabel = { type: 18, id: 1, component: field }
const inRow = { type: 1, id: 1, components: [field] }

describe('discord.js makes an interaction of what is posted, as of what the gateway brings', () => {
  test('a command with options and whom they name', () => {
    const interaction = read({ ...inServer, type: 2, data })
    if (!interaction?.isChatInputCommand()) throw new Error('This is no command')
    expect(interaction.options.getUser('member')?.id).toBe(robot.id)
    expect(interaction.options.getInteger('days')).toBe(7)
    expect(interaction.options.getChannel('channel')).toMatchObject({ app_permissions: '84992' })
  })

  test('entitlements, which nobody looks at, need no gateway', () => {
    expect(read({ ...inServer, type: 2, data, entitlements: [{ id: '1' }] })).toBeDefined()
    expect(read({ ...inServer, type: 2, data, entitlements: undefined })).toBeDefined()
  })

  test.each([
    ['a public message', press, false],
    ['an ephemeral one', { ...press, message: { ...shown, flags: 64 } }, true],
  ])('a press on %s', (_, payload, ephemeral) => {
    const interaction = read(payload)
    if (!interaction?.isMessageComponent()) throw new Error('This is no component')
    const { embeds, flags, interactionMetadata } = interaction.message
    expect(embeds[0]?.data.author?.name).toBe('Ben')
    expect(interactionMetadata?.user.id).toBe(ben.id)
    expect(flags.has(MessageFlags.Ephemeral)).toBe(ephemeral)
    expect(interaction.isStringSelectMenu()).toBe(false)
  })

  test('a select, and a message without an embed or a command', () => {
    const select = { custom_id: 'account:1:share', component_type: 3, id: 1, values: ['a', 'b'] }
    const bare = { ...shown, embeds: [], interaction_metadata: undefined }
    const interaction = read({ ...press, message: bare, data: select })
    if (!interaction?.isStringSelectMenu()) throw new Error('This is no select')
    expect(interaction.values).toEqual(['a', 'b'])
    const { embeds, interactionMetadata } = interaction.message
    expect([embeds[0]?.data.author, interactionMetadata?.user.id]).toEqual([undefined, undefined])
  })

  test.each([
    ['under a label', { ...press, type: 5, data: { custom_id: 'liked:1:jump', components: [inLabel] } }],
    ['in a row', { ...press, type: 5, data: { custom_id: 'liked:1:jump', components: [inRow] } }],
    ['opened by a command', { ...inServer, type: 5, data: { custom_id: 'liked:1:jump', components: [inRow] } }],
  ])('a modal with its field %s', (_, payload) => {
    const interaction = read(payload)
    if (!interaction?.isModalSubmit()) throw new Error('This is no modal')
    expect(typedInto(interaction, 'page')).toBe('12')
    expect(typedInto(interaction, 'else')).toBeUndefined()
  })
})

test.each([
  ['nothing', {}],
  ['no more than its type', { type: 2 }],
  ['no data', { ...press, data: null }],
  ['nobody', { ...press, member: null }],
  ['a member who is nobody', { ...press, member: {} }],
  ['a kind that is unknown', { ...press, type: 99 }],
  ['a token that is none', { ...press, token: 5 }],
  ['an id that is a number', { ...press, member: { ...inServer.member, user: { ...ana, id: Number(ana.id) } } }],
  ['an avatar that is an address', { ...press, member: { ...inServer.member, user: { ...ana, avatar: '../a?b' } } }],
  [
    'a discriminator that is an object',
    { ...press, member: { ...inServer.member, user: { ...ana, discriminator: {} } } },
  ],
  ['a command without a name', { ...inServer, type: 2, data: {} }],
  ['options that are no list', { ...inServer, type: 2, data: { ...data, options: 5 } }],
  ['fields that are no list', { ...press, type: 5, data: { custom_id: 'liked:1:jump', components: {} } }],
])('a payload with %s is no interaction, and one line for the operator', (_, payload) => {
  expect(read(payload)).toBeUndefined()
  expect(warnings).toEqual([expect.stringContaining('an interaction that this version does not know')])
})

/** Anything in the place of one of the payload's values, at any depth. */
const spoilt = fc
  .tuple(
    fc.constantFrom<object>({ ...inServer, type: 2, data }, { ...direct, type: 4, data }, press),
    fc.nat(),
    fc.jsonValue(),
  )
  .map(([payload, place, value]) => {
    const places: { holder: Record<string, unknown>; key: string }[] = []
    JSON.stringify(structuredClone(payload), function note(this: Record<string, unknown>, key: string, held: unknown) {
      if (key !== '') places.push({ holder: this, key })
      return held
    })
    const copy = places[0]?.holder ?? {}
    const { holder, key } = places[place % places.length] ?? { holder: copy, key: 'id' }
    holder[key] = value
    return copy
  })

test('whatever is in the place of one of its values, it is read or is none, and nothing is thrown', () =>
  fc.assert(
    fc.property(spoilt, (payload) => {
      const interaction: KnownInteraction | undefined = read(payload)
      if (!interaction) return
      expect([typeof interaction.id, typeof interaction.token]).toEqual(['string', 'string'])
      expect(typeof ('customId' in interaction ? interaction.customId : interaction.commandName)).toBe('string')
      expect([typeof interaction.user.displayName, typeof interaction.user.displayAvatarURL()]).toEqual([
        'string',
        'string',
      ])
    }),
    { numRuns: 2000 },
  ))
