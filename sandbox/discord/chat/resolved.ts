import { appPermissionsIn, channelOf, guildIdOf, isIn, permissionsOf, personOf } from '../state/people.ts'
import type { World } from '../state/world.ts'
import { apiBot, apiChannel, apiMember, apiUser } from '../payloads/people.ts'

const person = 6
const channel = 7

/** Discord's `resolved`: the whole people and channels that options name by id. */
export function resolvedOf(
  world: World,
  { personId, channelId }: { readonly personId: string; readonly channelId: string },
  options: readonly { type: number; value: unknown }[],
) {
  const idsOf = (type: number) => options.filter((option) => option.type === type).map(({ value }) => String(value))
  const people = idsOf(person)
  const channels = idsOf(channel)
  if (people.length + channels.length === 0) return {}
  const guildId = guildIdOf(world, channelOf(world, channelId))
  return {
    resolved: {
      ...(people.length > 0 && { users: table(people, (id) => userOf(world, id)) }),
      ...(people.length > 0 && guildId !== undefined && { members: membersOf(world, guildId, people) }),
      ...(channels.length > 0 && { channels: table(channels, (id) => seenChannel(world, personId, id)) }),
    },
  }
}

function userOf(world: World, id: string) {
  return id === world.app.id ? apiBot(world) : apiUser(personOf(world, id))
}

function membersOf(world: World, guildId: string, ids: readonly string[]) {
  return table(
    ids.filter((id) => id !== world.app.id && isIn(world, guildId, id)),
    (id) => apiMember(personOf(world, id)),
  )
}

function seenChannel(world: World, personId: string, id: string) {
  const channel = channelOf(world, id)
  return {
    ...apiChannel(world, channel),
    permissions: permissionsOf(personOf(world, personId)),
    app_permissions: appPermissionsIn(channel),
  }
}

function table<T>(ids: readonly string[], make: (id: string) => T): Record<string, T> {
  return Object.fromEntries(ids.map((id) => [id, make(id)]))
}
