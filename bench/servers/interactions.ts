export const application = '1180000000000000001'
const guild = '197038439483310086'
const channel = '197038439483310087'

/** A message as the bot has sent it, and who used the command that it answers. */
export interface Answer {
  readonly embeds?: readonly object[]
  readonly components?: readonly { readonly components: readonly { label?: string; custom_id?: string }[] }[]
  readonly flags?: number
}

export function personOf(index: number): string {
  return String(100_000_000_000_000_000n + BigInt(index))
}

/** A command, as JSON without its closing brace; id and token follow. */
export function command(person: string, name: string, options: readonly object[]): string {
  return opened(person, { type: 2, data: { id: '1180000000000000002', name, type: 1, options } })
}

/** In the same way a press of the button with that label under a message. */
export function press(person: string, owner: string, answer: Answer, label: string): string {
  const buttons = answer.components?.flatMap(({ components }) => components) ?? []
  const customId = buttons.find((button) => button.label === label)?.custom_id
  if (customId === undefined) throw new Error(`There is no button ${label} among ${JSON.stringify(buttons)}`)
  const message = {
    ...{ id: '1180000000000000003', channel_id: channel, type: 20, content: '', attachments: [], mentions: [] },
    ...{ mention_roles: [], mention_everyone: false, pinned: false, tts: false, edited_timestamp: null, flags: 0 },
    ...{ timestamp: '2026-11-22T10:00:00.000000+00:00', author: user(application), application_id: application },
    interaction_metadata: { id: '1180000000000000004', type: 2, user: user(owner), authorizing_integration_owners: {} },
    ...answer,
  }
  return opened(person, { type: 3, message, data: { custom_id: customId, component_type: 2, id: 1 } })
}

export function likedRecent(person: string): string {
  return command(person, 'liked', [{ type: 1, name: 'recent', options: [] }])
}

/** Everybody turns a page of their own; made beforehand, so that the making is not measured. */
export function nextPresses(shown: readonly Answer[]): (index: number) => string {
  const made = shown.map((answer, person) => press(personOf(person), personOf(person), answer, 'Next'))
  return (index) => made[index % made.length] ?? ''
}

/** Ever new people, of whom nobody is linked, use a command and press a button by turns. */
export function fromStrangers(first: number): (index: number) => string {
  const page = { components: [{ components: [{ label: 'Next', custom_id: `liked:1:${personOf(0)}:10::n` }] }] }
  return (index) => {
    const person = personOf(first + index)
    return index % 2 ? press(person, personOf(0), page, 'Next') : likedRecent(person)
  }
}

function opened(person: string, own: object): string {
  const member = { roles: [], joined_at: '2024-01-01T00:00:00.000000+00:00', deaf: false, mute: false, flags: 0 }
  const interaction = {
    ...{
      application_id: application,
      version: 1,
      guild_id: guild,
      guild: { id: guild, locale: 'en-US', features: [] },
    },
    ...{ context: 0, channel_id: channel, channel: { id: channel, type: 0, guild_id: guild, name: 'music', flags: 0 } },
    member: { ...member, user: user(person), permissions: '2147483647' },
    ...{ app_permissions: '2147483647', locale: 'en-US', guild_locale: 'en-US', entitlements: [] },
    ...{ authorizing_integration_owners: { 0: guild }, attachment_size_limit: 10_485_760 },
    ...own,
  }
  return JSON.stringify(interaction).slice(0, -1)
}

function user(id: string): object {
  return { id, username: `p${id}`, global_name: 'Somebody', avatar: null, discriminator: '0', public_flags: 0 }
}

/** One of many servers as the gateway tells it to a bot with the intent for it. */
export function server(index: number, channels: number, roles: number): object {
  const id = serverId(index)
  const place = BigInt(index) * 100n
  return {
    ...{ id, name: `Server ${index}`, owner_id: personOf(index), member_count: 40, large: false, unavailable: false },
    ...{ features: [], emojis: [], stickers: [], members: [], presences: [], threads: [], voice_states: [] },
    ...{ stage_instances: [], guild_scheduled_events: [], soundboard_sounds: [], joined_at: '2024-01-01T00:00:00Z' },
    ...{ verification_level: 1, default_message_notifications: 0, explicit_content_filter: 0, mfa_level: 0 },
    ...{ premium_tier: 0, nsfw_level: 0, system_channel_flags: 0, preferred_locale: 'en-US', afk_timeout: 300 },
    channels: Array.from({ length: channels }, (_, number) => ({
      ...{ id: String(300_000_000_000_000_000n + place + BigInt(number)), type: 0, name: `channel-${number}` },
      ...{ position: number, topic: 'What we talk about here', nsfw: false, rate_limit_per_user: 0, flags: 0 },
      permission_overwrites: [{ id, type: 0, allow: '0', deny: '1024' }],
    })),
    roles: Array.from({ length: roles }, (_, number) => ({
      ...{ id: number === 0 ? id : String(400_000_000_000_000_000n + place + BigInt(number)), name: `role ${number}` },
      ...{ color: 0, colors: { primary_color: 0 }, hoist: false, position: number, permissions: '2147483647' },
      ...{ managed: false, mentionable: false, flags: 0 },
    })),
  }
}

export function serverId(index: number): string {
  return String(200_000_000_000_000_000n + BigInt(index))
}
