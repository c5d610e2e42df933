import type { Channel, Person } from '../../sandbox/discord/discord.ts'

export const names = ['ana', 'ben', 'cleo'] as const
export type Name = (typeof names)[number]

/** Two servers and a group of direct messages; all three people are in each. */
export const places = ['north', 'south', 'group'] as const
export type Place = (typeof places)[number]

export const people: Readonly<Record<Name, Person>> = {
  ana: person('100000000000000001', 'Ana'),
  ben: person('100000000000000002', 'Ben'),
  cleo: person('100000000000000003', 'Cleo'),
}

/** The server's id; null outside servers. */
export const servers: Readonly<Record<Place, string | null>> = {
  north: '200000000000000001',
  south: '200000000000000002',
  group: null,
}

/** Where people talk in each. */
export const channels: Readonly<Record<Place, Channel>> = {
  north: channel('300000000000000001', 'north'),
  south: channel('300000000000000002', 'south'),
  group: channel('300000000000000003', 'group'),
}

/** The place with that server. */
export function placeNamed(server: string | undefined): Place {
  return places.find((place) => servers[place] === server) ?? 'group'
}

function person(id: string, displayName: string): Person {
  return { id, username: displayName.toLowerCase(), displayName, color: '#6d4aff' }
}

function channel(id: string, name: Place): Channel {
  const server = servers[name]
  return { id, name, guild: server === null ? null : { id: server, name } }
}
