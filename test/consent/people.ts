/** What is needed of a person in an interaction. */
export interface Caller {
  readonly id: string
  readonly displayName: string
  displayAvatarURL(): string
}

export const names = ['ana', 'ben', 'cleo'] as const
export type Name = (typeof names)[number]

/** Two servers and a group of direct messages; all three people are in each. */
export const places = ['north', 'south', 'group'] as const
export type Place = (typeof places)[number]

/** As Discord tells of them. */
export const people: Readonly<Record<Name, Caller>> = {
  ana: caller('100000000000000001', 'Ana'),
  ben: caller('100000000000000002', 'Ben'),
  cleo: caller('100000000000000003', 'Cleo'),
}

/** The server's id; null outside servers. */
export const servers: Readonly<Record<Place, string | null>> = {
  north: '200000000000000001',
  south: '200000000000000002',
  group: null,
}

function caller(id: string, displayName: string): Caller {
  return { id, displayName, displayAvatarURL: () => `https://cdn.discordapp.com/embed/avatars/${id.at(-1)}.png` }
}
