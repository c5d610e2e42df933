import * as fc from 'fast-check'

/* Payloads as Discord sends them, for altering. */

const guild = '197038439483310086'
export const music = '197038439483310087'
export const ana = { id: '175928847299117063', username: 'ana', global_name: 'Ana', avatar: null, discriminator: '0' }
export const ben = {
  ...ana,
  id: '175928847299117064',
  username: 'ben',
  global_name: null,
  avatar: 'a_0123456789abcdef',
}
export const robot = { ...ben, id: '175928847299117065', username: 'robot', avatar: '0123456789abcdef', bot: true }
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
export const inServer = {
  ...{ ...base, context: 0, guild_id: guild, guild: { id: guild, locale: 'en-US', features: [] } },
  ...{ channel_id: music, channel: musicChannel },
  member: { user: ana, roles: [], permissions: '2147483680', joined_at: '2024-01-01T00:00:00.000Z', flags: 0 },
}
const direct = {
  ...base,
  context: 1,
  user: ben,
  channel_id: music,
  channel: { id: music, type: 1, recipients: [ben] },
}

const text = { name: 'query', type: 3, value: 'hello goodbye' }
const number = { name: 'days', type: 4, value: 7 }
const flag = { name: 'private', type: 5, value: false }
const user = { name: 'member', type: 6, value: robot.id }
const place = { name: 'channel', type: 7, value: music }
const resolved = { users: { [robot.id]: robot, [ben.id]: ben }, members: {}, channels: { [music]: musicChannel } }
const options = [{ name: 'recent', type: 1, options: [text, number, flag, user, place] }]
export const data = { id: '1180000000000000060', name: 'liked', type: 1, options, resolved }

export const shown = {
  ...{ id: '1180000000000000888', channel_id: music, type: 20, content: '', attachments: [], mentions: [] },
  ...{ mention_roles: [], flags: 0, timestamp: '2026-11-22T00:00:00.000Z', edited_timestamp: null, components: [] },
  ...{ author: robot, embeds: [{ author: { name: 'Ben', icon_url: 'https://cdn.discordapp.com/b.png' } }] },
  interaction_metadata: { id: '1180000000000000999', type: 2, user: ben, authorizing_integration_owners: {} },
}
export const press = {
  ...inServer,
  type: 3,
  message: shown,
  data: { custom_id: 'liked:1:x', component_type: 2, id: 1 },
}
const field = { type: 4, id: 3, custom_id: 'page', value: '12' }
export const inLabel = { type: 18, id: 1, component: field }
export const inRow = { type: 1, id: 1, components: [field] }

const command = (name: string, subcommand?: string, ...given: object[]) => ({
  ...{ ...inServer, type: 2 },
  data: {
    ...{ ...data, name },
    options: subcommand === undefined ? given : [{ name: subcommand, type: 1, options: given }],
  },
})
const query = { ...text, focused: true }
const timezone = { name: 'timezone', type: 3, value: 'Europe/Berlin' }
const schedule = [place, { name: 'weekday', type: 3, value: 'Friday' }, { name: 'hour', type: 4, value: 18 }]
const pressed = (custom_id: string) => ({ ...press, data: { ...press.data, custom_id } })
const submitted = (custom_id: string, component: object) => ({
  ...press,
  type: 5,
  data: { custom_id, components: [component] },
})
const member = { ...user, value: ben.id }
const songs = `liked:1:${ana.id}:10::`

const track = `https://open.spotify.com/track/${'b'.repeat(22)}`
const card = {
  type: 17,
  components: [
    {
      type: 9,
      components: [{ type: 10, content: `[Song](${track})` }],
      accessory: { type: 2, style: 5, label: 'x', url: track },
    },
    { type: 1, components: [{ type: 3, custom_id: 'x', options: [{ label: 'Song', value: 'c'.repeat(22) }] }] },
  ],
}
const embed = {
  type: 'link',
  url: track,
  title: 'Song',
  description: 'Ana · Song · 2021',
  fields: [{ name: 'a', value: track }],
}
const written = {
  ...{ ...shown, id: '1180000000000000889', type: 0, author: ben, content: `${track} spotify:track:${'d'.repeat(22)}` },
  ...{ embeds: [{ ...embed, author: { name: 'Ben', url: track }, footer: { text: track } }], components: [card] },
  message_reference: { type: 1, message_id: shown.id, channel_id: music, guild_id: guild },
  message_snapshots: [{ message: { content: track, embeds: [embed], components: [card], type: 0, attachments: [] } }],
}
const onMessage = {
  ...{ ...inServer, type: 2 },
  data: { ...data, name: 'Save songs', type: 3, target_id: written.id, options: undefined },
}
const receipt = { ...shown, embeds: [{ description: `**1.** [Song](${track})\n-# Ana` }], components: [card] }
const onReceipt = (custom_id: string, more: object = {}) => ({
  ...{ ...press, message: receipt },
  data: { ...press.data, custom_id, ...more },
})

/** Of every kind, so that each command and each of its components is among them. */
export const everyKind: readonly object[] = [
  ...['recent', 'random'].map((name) => command('liked', name, member, flag)),
  command('liked', 'recent', flag, { name: 'market', type: 3, value: 'GB' }),
  command('liked', 'search', text, member, flag),
  command('liked', 'when', { name: 'date', type: 3, value: '2023-07' }, member),
  ...['status', 'sharing', 'export'].map((name) => command('account', name)),
  ...['join', 'leave', 'pause', 'resume', 'status'].map((name) => command('roundup', name)),
  command('roundup', 'now', number),
  command('roundup', 'schedule', ...schedule, timezone, { name: 'skip-empty', type: 5, value: true }),
  command('link', undefined, { name: 'client-id', type: 3, value: 'a'.repeat(32) }),
  ...[
    command('link'),
    command('unlink'),
    command('help'),
    { ...direct, type: 2, data: { ...data, options: undefined } },
  ],
  { ...command('liked', 'search', query), type: 4 },
  { ...command('roundup', 'schedule', ...schedule, { ...timezone, focused: true }), type: 4 },
  { ...direct, type: 4, data: { ...data, options: [{ name: 'search', type: 1, options: [query] }] } },
  { ...inServer, type: 2, data: { ...data, name: 'Liked songs', type: 2, target_id: robot.id, options: undefined } },
  { ...onMessage, data: { ...onMessage.data, resolved: { messages: { [written.id]: written } } } },
  ...['all', `undo:0123abcd:zzzzzzz`].map((what) => onReceipt(`liked:songs:${what}`)),
  onReceipt('liked:songs:some:0', { component_type: 3, values: ['b'.repeat(22), 'c'.repeat(22)] }),
  ...['n', 'p', 'j', 'b', 'r', 'a', 'n:hello'].map((end) => pressed(songs + end)),
  ...['ask', 'here', 'hide', 'share', 'no'].map((what) => pressed(`account:1:${what}:${ana.id}:${ben.id}`)),
  ...['join', 'leave', 'preview', 'invite:x', 'page:x:2:n', 'page:x:2:j'].map((what) => pressed(`roundup:1:${what}`)),
  pressed(`unlink:1:${ben.id}`),
  pressed(`liked:save:${'a'.repeat(22)}`),
  { ...press, data: { ...press.data, component_type: 3, custom_id: 'liked:save:', values: ['a'.repeat(22)] } },
  submitted(`${songs}g`, inLabel),
  submitted('roundup:1:page:x:2:g', inRow),
]

/** What one can have in the place of anything, most of it with a meaning to JavaScript. */
const oddities: readonly unknown[] = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', ' ', '0', '-1', '1e3', '45.7', 'null'],
  ...['a\ud800', 'x'.repeat(2000), '../..', 'https://evil.example/?', ana.id, ben.id, robot.id, guild, music],
  ...[null, true, 0, -1, 1.5, 1e21, [], {}, [null], [[]], { toString: null }, { length: 3 }],
  ...[{ id: ana.id }, { name: 'member' }, [{ name: 'member', type: 6, value: ben.id }], { map: 1 }, 'liked', 'recent'],
]

/** A payload with something else in one or two places, at any depth, or with a place less. */
export function spoilt(payloads: readonly object[]): fc.Arbitrary<object> {
  const odd = fc.oneof(fc.constantFrom(...oddities), fc.jsonValue(), fc.constant(undefined))
  const places = fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 2 })
  return fc.tuple(fc.constantFrom(...payloads), places).map(([payload, changes]) => {
    const copy = structuredClone(payload)
    for (const [place, value] of changes) {
      const all = placesIn(copy)
      const { holder, key } = all[place % all.length] ?? { holder: {}, key: '' }
      holder[key] = structuredClone(value)
    }
    return JSON.parse(JSON.stringify(copy)) as object
  })
}

function placesIn(payload: object): { holder: Record<string, unknown>; key: string }[] {
  const places: { holder: Record<string, unknown>; key: string }[] = []
  JSON.stringify(payload, function note(this: Record<string, unknown>, key: string, held: unknown) {
    if (key !== '') places.push({ holder: this, key })
    return held
  })
  return places
}
