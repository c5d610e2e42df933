import { people as everybody } from '../../sandbox/people.ts'

/** Two people who want to be linked, and Mallory, who wants what is theirs. Each is somebody on the sandbox's Discord. */
export const people = { ana: person('ana'), ben: person('ben'), mallory: person('chiyo') } as const

export type Name = keyof typeof people

export const names = ['ana', 'ben', 'mallory'] as const
export const victims = ['ana', 'ben'] as const

interface Person {
  readonly discord: string
  readonly username: string
  /** What their Spotify account is called. */
  readonly spotify: string
}

function person(username: string): Person {
  const { id, displayName } = everybody.find((one) => one.username === username) ?? { id: '', displayName: '' }
  return { discord: id, username, spotify: displayName }
}
