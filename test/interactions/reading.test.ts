import { Client, Events, type Interaction as Theirs } from 'discord.js'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { readInteraction } from '../../src/discord/interaction.ts'

const client = new Client({ intents: [] })
afterAll(() => client.destroy())

const [guild, music] = ['197038439483310086', '197038439483310087']
const ana = { id: '175928847299117063', username: 'ana', global_name: 'Ana', avatar: null, discriminator: '0' }
const ben = { ...ana, id: '175928847299117064', username: 'ben', global_name: null, avatar: 'a_0123456789abcdef' }
const robot = { ...ben, id: '175928847299117065', username: 'robot', avatar: '0123456789abcdef', bot: true }
const room = { id: music, name: 'music', type: 0, permissions: '3072', app_permissions: '84992', guild_id: guild }

const base = {
  ...{ id: '1180000000000000777', token: 'aW50ZXJhY3Rpb24', application_id: '1180000000000000001', version: 1 },
  ...{ app_permissions: '84992', locale: 'en-US', entitlements: [], authorizing_integration_owners: { 0: guild } },
}
const inServer = {
  ...{ ...base, context: 0, guild_id: guild, guild: { id: guild, locale: 'en-US', features: [] } },
  ...{ channel_id: music, channel: room },
  member: { user: ana, roles: [], permissions: '2147483680', joined_at: '2024-01-01T00:00:00.000Z', flags: 0 },
}
const direct = { ...base, context: 1, user: ben, channel_id: music, channel: { id: music, type: 1, recipients: [ben] } }

const text = { name: 'query', type: 3, value: 'hello goodbye' }
const number = { name: 'days', type: 4, value: 7 }
const flag = { name: 'private', type: 5, value: false }
const user = { name: 'member', type: 6, value: robot.id }
const place = { name: 'channel', type: 7, value: music }
const resolved = { users: { [robot.id]: robot }, members: {}, channels: { [music]: room } }
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

/** What discord.js makes of a payload is how we read it, though we read less of it and keep none. */
describe('an interaction is read as discord.js reads it', () => {
  test.each([
    ['a command in a server', { ...inServer, type: 2, data }],
    ['a command without options, in private', { ...direct, type: 2, data: { ...data, options: undefined } }],
    ['a command without a subcommand', { ...direct, type: 2, data: { ...data, options: [text, user, place, flag] } }],
    ['options that are left out', { ...inServer, type: 2, data: { ...data, options: [{ name: 'recent', type: 1 }] } }],
    ['an administrator', { ...inServer, type: 2, data, member: { ...inServer.member, permissions: '8' } }],
    ['words that are being typed', { ...inServer, type: 4, data: { ...data, options: [{ ...text, focused: true }] } }],
  ])('%s', (_, payload) => {
    const theirs = read(payload)
    const ours = readInteraction(payload)
    if (!theirs.isChatInputCommand() && !theirs.isAutocomplete()) throw new Error('discord.js sees no command')
    if (ours?.kind !== 'command' && ours?.kind !== 'suggestions') throw new Error('we see no command')
    const { call } = ours
    expect(ours).toMatchObject({ id: theirs.id, token: theirs.token, applicationId: theirs.applicationId })
    expect([ours.name, call.guildId, call.token]).toEqual([theirs.commandName, theirs.guildId, theirs.token])
    expect(call.authorizingIntegrationOwners['0'] ?? null).toBe(theirs.authorizingIntegrationOwners.guildId)
    expect(personIn(call.user)).toEqual(personIn(theirs.user))
    for (const permission of [1n << 5n, 1n << 31n, 1n << 11n])
      expect(call.memberPermissions?.has(permission)).toBe(theirs.memberPermissions?.has(permission))
    expect(call.options.getSubcommand()).toBe(theirs.options.getSubcommand(false))
    expect(call.options.getString('query')).toBe(theirs.options.getString('query'))
    expect(call.options.getInteger('days')).toBe(theirs.options.getInteger('days'))
    expect(call.options.getBoolean('private')).toBe(theirs.options.getBoolean('private'))
    if (theirs.isAutocomplete()) return expect(call.options.getFocused()).toBe(theirs.options.getFocused())
    expect(personIn(call.options.getUser('member'))).toEqual(personIn(theirs.options.getUser('member')))
    const [channel, asked] = [call.options.getChannel('channel'), theirs.options.getChannel('channel')]
    expect(channel && [channel.id, channel.type]).toEqual(asked && [asked.id, asked.type])
    return undefined
  })

  test('the menu on a person', () => {
    const target = { id: '1180000000000000061', name: 'Liked songs', type: 2, target_id: robot.id, resolved }
    const payload = { ...inServer, type: 2, data: target }
    const [ours, theirs] = [readInteraction(payload), read(payload)]
    if (ours?.kind !== 'menu' || !theirs.isUserContextMenuCommand()) throw new Error('This is no menu')
    expect(ours.name).toBe(theirs.commandName)
    expect(personIn(ours.call.targetUser)).toEqual(personIn(theirs.targetUser))
  })

  test.each([
    ['a public message', press],
    ['a private one', { ...press, message: { ...shown, flags: 64 } }],
    [
      'one without an embed or a command',
      { ...press, message: { ...shown, embeds: [], interaction_metadata: undefined } },
    ],
    ['a select', { ...press, data: { custom_id: 'account:1:share', component_type: 3, id: 1, values: ['a', 'b'] } }],
  ])('a press on %s', (_, payload) => {
    const [ours, theirs] = [readInteraction(payload), read(payload)]
    if (ours?.kind !== 'press' || !theirs.isMessageComponent()) throw new Error('This is no press')
    expect(personIn(ours.press.user)).toEqual(personIn(theirs.user))
    expect(ours).toMatchObject({ onMessage: true, press: { customId: theirs.customId, guildId: theirs.guildId } })
    expect(ours.press.values).toEqual(theirs.isStringSelectMenu() ? theirs.values : [])
    expect(ours.press.author).toEqual(theirs.message.embeds[0]?.data.author)
    expect(ours.press.onEphemeral).toBe(theirs.message.flags.has('Ephemeral'))
    expect(ours.press.callerId).toBe(theirs.message.interactionMetadata?.user.id)
  })

  test.each([
    ['under a label', { ...press, type: 5, data: { custom_id: 'liked:1:jump', components: [inLabel] } }],
    ['in a row', { ...press, type: 5, data: { custom_id: 'liked:1:jump', components: [inRow] } }],
    ['opened by a command', { ...inServer, type: 5, data: { custom_id: 'liked:1:jump', components: [inRow] } }],
  ])('a dialog with its field %s', (_, payload) => {
    const [ours, theirs] = [readInteraction(payload), read(payload)]
    if (ours?.kind !== 'dialog' || !theirs.isModalSubmit()) throw new Error('This is no dialog')
    expect(ours.onMessage).toBe(theirs.isFromMessage())
    expect(ours.press.customId).toBe(theirs.customId)
    expect(ours.press.field('page')).toBe(theirs.fields.getTextInputValue('page'))
    expect(ours.press.field('else')).toBeUndefined()
  })
})

test('what the bot may do in a channel is read as Discord sends it, which discord.js leaves out', () => {
  const ours = readInteraction({ ...inServer, type: 2, data })
  const channel = ours?.kind === 'command' ? ours.call.options.getChannel('channel') : null
  expect([1n << 10n, 1n << 14n, 1n << 15n].map((bit) => channel?.appPermissions?.has(bit))).toEqual([true, true, false])
})

test.each([
  ['nothing', {}],
  ['no more than its type', { type: 2 }],
  ['no data', { ...press, data: null }],
  ['nobody', { ...press, member: null }],
  ['a member who is nobody', { ...press, member: {} }],
  ['a kind that is unknown', { ...press, type: 99 }],
  ['a token that is none', { ...press, token: 5 }],
  ['a command without a name', { ...inServer, type: 2, data: {} }],
  ['options that are no list', { ...inServer, type: 2, data: { ...data, options: 5 } }],
  ['fields that are no list', { ...press, type: 5, data: { custom_id: 'liked:1:jump', components: {} } }],
])('a payload with %s is no interaction', (_, payload) => expect(readInteraction(payload)).toBeUndefined())

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

test('whatever stands in the place of one of its values, it is read or is none', () =>
  fc.assert(
    fc.property(spoilt, (payload) => {
      const read = readInteraction(payload)
      if (!read) return
      expect([typeof read.id, typeof read.token]).toEqual(['string', 'string'])
      if ('press' in read) expect(typeof read.press.customId).toBe('string')
      else expect([typeof read.name, typeof read.call.user.displayName]).toEqual(['string', 'string'])
    }),
    { numRuns: 2000 },
  ))

interface Person {
  readonly id: string
  readonly displayName: string
  readonly bot?: boolean
  displayAvatarURL(): string
}

function personIn(person: Person | null): unknown {
  return person && [person.id, person.displayName, person.bot ?? false, person.displayAvatarURL()]
}

/** By the function of discord.js's gateway, which is not among its public types and emits before it returns. */
function read(payload: object): Theirs {
  const found: Theirs[] = []
  client.once(Events.InteractionCreate, (interaction) => void found.push(interaction))
  const { actions } = client as unknown as { actions: { InteractionCreate: { handle(payload: object): void } } }
  actions.InteractionCreate.handle(structuredClone(payload))
  const [first] = found
  if (!first) throw new Error('discord.js does not know this interaction')
  return first
}
