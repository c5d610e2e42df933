import type { Channel, Person } from '../discord.ts'
import { guildIdOf, permissionsOf } from '../state/people.ts'
import type { World } from '../state/world.ts'

const blankUser = { avatar: null, banner: null, accent_color: null, discriminator: '0', public_flags: 0, flags: 0 }

export function apiUser({ id, username, displayName }: Person) {
  return { ...blankUser, id, username, global_name: displayName, bot: false }
}

export function apiBot({ app }: World) {
  return {
    ...blankUser,
    id: app.id,
    username: app.name,
    global_name: null,
    bot: true,
    verified: true,
    mfa_enabled: true,
  }
}

export function apiApplication({ app, endpoint }: World) {
  return {
    ...{
      id: app.id,
      name: app.name,
      icon: null,
      description: '',
      summary: '',
      flags: 0,
      verify_key: endpoint.publicKey,
    },
    ...{ hook: true, bot_public: true, bot_require_code_grant: false },
  }
}

/** Without `user`, which is beside it in resolved data. */
export function apiMember(person: Person) {
  return {
    ...{ nick: null, avatar: null, banner: null, roles: [], deaf: false, mute: false, flags: 0, pending: false },
    ...{ joined_at: '2024-01-01T00:00:00.000000+00:00', premium_since: null, communication_disabled_until: null },
    permissions: permissionsOf(person),
  }
}

/** A text channel, a thread, a conversation with the bot or a group, as it is in interactions and in answers. */
export function apiChannel(world: World, channel: Channel) {
  const { id, name } = channel
  const guild_id = guildIdOf(world, channel)
  const person = world.people.find((one) => one.id === channel.direct)
  if (person) return { id, type: 1, recipients: [apiUser(person)], last_message_id: null, flags: 0 }
  if (guild_id === undefined) return { id, name, type: 3, icon: null, recipients: [], last_message_id: null, flags: 0 }
  const { archived, locked } = world.threads.get(id) ?? {}
  const isThread = archived !== undefined
  return {
    ...(isThread && { thread_metadata: { archived, locked, auto_archive_duration: 10_080 } }),
    ...{
      id,
      name,
      type: isThread ? 11 : 0,
      guild_id,
      parent_id: null,
      position: 0,
      topic: null,
      nsfw: false,
      flags: 0,
    },
    ...{ last_message_id: null, rate_limit_per_user: 0 },
  }
}
