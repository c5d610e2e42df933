import { MessageFlags } from 'discord.js'
import * as fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createClient } from '../../src/discord/client.ts'
import { onInteraction, type KnownInteraction } from '../../src/discord/known-interactions.ts'
import type { Log } from '../../src/log.ts'
import { typedInto } from '../../src/views/components.ts'
import { ana, ben, data, everyKind, inLabel, inRow, inServer, press, robot, shown, spoilt } from './payloads.ts'
import { runs } from '../world/runs.ts'

const settings = { token: 'a.bot.token', apiUrl: 'http://127.0.0.1:9/api', shards: undefined }
const client = createClient(settings, new Map())
afterAll(() => client.destroy())

let warnings: string[] = []
beforeEach(() => (warnings = []))
const log = { debug: () => undefined, warn: (said: string) => void warnings.push(said) } as unknown as Log
const read = onInteraction(client, log, (interaction) => interaction)

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
  ['permissions that every object has', { ...press, member: { ...inServer.member, permissions: '__proto__' } }],
  ['a token with half a character', { ...press, token: 'a\ud800' }],
  ['values that are no list', { ...press, data: { ...press.data, component_type: 3, values: 5 } }],
  ['a server that is a number', { ...press, guild_id: 5 }],
  ['a command without a name', { ...inServer, type: 2, data: {} }],
  ['options that are no list', { ...inServer, type: 2, data: { ...data, options: 5 } }],
  ['fields that are no list', { ...press, type: 5, data: { custom_id: 'liked:1:jump', components: {} } }],
])('a payload with %s is no interaction, and one line for the operator', (_, payload) => {
  expect(read(payload)).toBeUndefined()
  expect(warnings).toEqual([expect.stringContaining('an interaction that this version does not know')])
})

test('whatever is in the place of one of its values, it is read or is none, and nothing is thrown', () =>
  fc.assert(
    fc.property(spoilt(everyKind), (payload) => {
      const interaction: KnownInteraction | undefined = read(payload)
      if (!interaction) return
      expect([typeof interaction.id, typeof interaction.token]).toEqual(['string', 'string'])
      expect(typeof ('customId' in interaction ? interaction.customId : interaction.commandName)).toBe('string')
      expect([typeof interaction.user.displayName, typeof interaction.user.displayAvatarURL()]).toEqual([
        'string',
        'string',
      ])
    }),
    { numRuns: runs(2000) },
  ))
