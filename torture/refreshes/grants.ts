/**
 * What becomes of a refresh token that has been answered with a new one: it stays good until that one is used, or it
 * is useless at once.
 */
export type Rotation = 'lenient' | 'strict'

/** The refresh tokens that a provider has given out, by person. Every answer carries a new one. */
export type Grants = ReturnType<typeof createGrants>

export function createGrants(rotation: Rotation) {
  /** The good ones of each person, oldest first. */
  const good = new Map<string, string[]>()
  let count = 0
  return { agree, succeed, isGood: (token: string) => good.get(ownerOf(token))?.includes(token) ?? false }

  /** A person's first token, or their first after they have agreed again. */
  function agree(person: string): string {
    const token = issue(person)
    good.set(person, [token])
    return token
  }

  /** The token in the place of this one, and whose it is; undefined when it is not good (any more). */
  function succeed(token: string): { readonly person: string; readonly token: string } | undefined {
    const person = ownerOf(token)
    const tokens = good.get(person) ?? []
    const at = tokens.indexOf(token)
    if (at < 0) return undefined
    const next = issue(person)
    good.set(person, rotation === 'strict' ? [next] : [...tokens.slice(at), next])
    return { person, token: next }
  }

  function issue(person: string): string {
    count += 1
    return `${person}.${count}`
  }
}

/** The person for whom a token was issued. */
export function ownerOf(token: string): string {
  return token.split('.')[0] ?? ''
}
