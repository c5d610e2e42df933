import { createHash, randomBytes } from 'node:crypto'

const tenMinutes = 10 * 60_000
/** Milliseconds: a week. */
export const tokenLife = 7 * 24 * 60 * 60_000

/** What a person has agreed to on the authorize page. */
export interface Consent {
  readonly personId: string
  readonly redirectUri: string
  readonly scope: string
  /** S256. */
  readonly challenge: string
}

export interface AccessToken extends Consent {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresAt: number
}

export interface Grants {
  readonly codes: Map<string, Consent & { readonly expiresAt: number }>
  readonly tokens: Map<string, AccessToken>
}

export function emptyGrants(): Grants {
  return { codes: new Map(), tokens: new Map() }
}

/** A code for one exchange within ten minutes. */
export function grantCode({ codes }: Grants, consent: Consent, now: number): string {
  const code = randomBytes(15).toString('hex')
  codes.set(code, { ...consent, expiresAt: now + tenMinutes })
  return code
}

/** Uses the code up, also when the rest of the exchange is wrong. The answer names the parameter at fault. */
export function exchangeCode(
  grants: Grants,
  { code, redirectUri, verifier }: { code: string; redirectUri: string; verifier: string },
  now: number,
): AccessToken | { readonly fault: string } {
  const consent = grants.codes.get(code)
  grants.codes.delete(code)
  if (!consent || consent.expiresAt <= now) return { fault: 'code' }
  if (consent.redirectUri !== redirectUri) return { fault: 'redirect_uri' }
  if (createHash('sha256').update(verifier).digest('base64url') !== consent.challenge) return { fault: 'code_verifier' }
  return issue(grants, consent, now)
}

/** A token by client credentials: the application asks for its owner, who is nobody in the chat. */
export function grantItself(grants: Grants, owner: string, scope: string, now: number): AccessToken {
  return issue(grants, { personId: owner, redirectUri: '', scope, challenge: '' }, now)
}

function issue(grants: Grants, consent: Consent, now: number): AccessToken {
  const random = () => randomBytes(22).toString('base64url').slice(0, 30)
  const token = { ...consent, accessToken: random(), refreshToken: random(), expiresAt: now + tokenLife }
  grants.tokens.set(token.accessToken, token)
  return token
}

/** Either token of a pair ends both. */
export function revokeToken({ tokens }: Grants, value: string): void {
  for (const [key, { accessToken, refreshToken }] of tokens) {
    if (accessToken === value || refreshToken === value) tokens.delete(key)
  }
}

export function liveToken({ tokens }: Grants, value: string, now: number): AccessToken | undefined {
  const token = tokens.get(value)
  return token && token.expiresAt > now ? token : undefined
}

export function countLive({ tokens }: Grants, now: number): number {
  return [...tokens.values()].filter(({ expiresAt }) => expiresAt > now).length
}
