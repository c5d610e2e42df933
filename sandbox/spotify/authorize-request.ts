import { scopes } from './scopes.ts'
import { single } from './world.ts'
import type { World } from './world.ts'

/** What an app asks a person for. */
export interface AuthorizeRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string | undefined
  readonly scopes: readonly string[]
  readonly challenge: string | undefined
  readonly showDialog: boolean
}

/** Reads the query of /authorize; a text is the reason why it is refused, in Spotify's words. */
export function readAuthorizeRequest(
  world: World,
  query: Readonly<Record<string, unknown>>,
): AuthorizeRequest | string {
  const value = (name: string) => single(query[name])
  const repeated = Object.entries(query).find(([, one]) => one !== undefined && typeof one !== 'string')
  if (repeated) return `${repeated[0]}: Must be given once`

  const clientId = value('client_id') ?? ''
  const redirectUri = value('redirect_uri') ?? ''
  const method = value('code_challenge_method')
  const challenge = value('code_challenge')
  const asked = (value('scope') ?? '').split(' ').filter(Boolean)
  const isKnown = clientId === world.credentials.clientId || world.switches.publicClients.includes(clientId)
  if (!isKnown) return 'INVALID_CLIENT: Invalid client'
  if (value('response_type') !== 'code') return 'response_type must be code'
  if (isInsecure(redirectUri)) return 'INVALID_CLIENT: Insecure redirect URI'
  if (!isRegistered(redirectUri, world.switches.redirectUris)) return 'INVALID_CLIENT: Invalid redirect URI'
  if (challenge !== undefined && method !== 'S256') return 'code_challenge_method must be S256'
  if (challenge === undefined && method !== undefined) return 'code_challenge must be supplied'
  if (challenge !== undefined && !/^[\w-]{43}$/.test(challenge)) return 'code_challenge must be valid'
  if (asked.some((scope) => !Object.hasOwn(scopes, scope))) return 'Illegal scope'
  if (!value('state')) world.surprises.push('GET /authorize: without a state.')

  const showDialog = value('show_dialog') === 'true'
  return { clientId, redirectUri, state: value('state'), scopes: asked, challenge, showDialog }
}

/** Where the browser goes with the answer. */
export function answerAddress(asking: AuthorizeRequest, answer: Readonly<Record<string, string>>): string {
  const address = new URL(asking.redirectUri)
  for (const [name, value] of Object.entries(answer)) address.searchParams.set(name, value)
  if (asking.state !== undefined) address.searchParams.set('state', asking.state)
  return address.href
}

function isInsecure(redirectUri: string): boolean {
  const address = URL.parse(redirectUri)
  return address?.protocol === 'http:' && !isLoopback(address)
}

function isRegistered(redirectUri: string, registered: readonly string[]): boolean {
  const address = URL.parse(redirectUri)
  if (!address || address.hostname === 'localhost' || address.hash) return false
  return registered.length > 0 ? registered.includes(redirectUri) : isLoopback(address)
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]'
}
