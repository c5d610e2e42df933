/**
 * What becomes of a refresh token that has been answered with a new one: it stays good until that one is used, or it
 * is useless at once.
 */
export type Rotation = 'lenient' | 'strict'

/** The refresh tokens that a provider has given out, by person. Every answer carries a new one. */
export interface Grants {
  /** A person's first token, or their first after they have agreed again. */
  agree(person: string): string
  /** The token in the place of this one, and whose it is; undefined when it is not good (any more). */
  succeed(token: string): { readonly person: string; readonly token: string } | undefined
  isGood(token: string): boolean
}

export function createGrants(rotation: Rotation): Grants {
  /** The good ones of each person, oldest first. */
  const good = new Map<string, string[]>()
  let count = 0
  const issue = (person: string) => `${person}.${(count += 1)}`
  const tokensOf = (token: string) => good.get(token.split('.')[0] ?? '') ?? []

  return {
    agree(person) {
      const token = issue(person)
      good.set(person, [token])
      return token
    },
    succeed(token) {
      const tokens = tokensOf(token)
      const at = tokens.indexOf(token)
      if (at < 0) return undefined
      const person = token.split('.')[0] ?? ''
      const next = issue(person)
      good.set(person, rotation === 'strict' ? [next] : [...tokens.slice(at), next])
      return { person, token: next }
    },
    isGood: (token) => tokensOf(token).includes(token),
  }
}
