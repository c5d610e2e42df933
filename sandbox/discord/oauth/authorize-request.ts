import type { World } from '../state/world.ts'

/** What an application asks for on the authorize page. */
export interface AuthorizeRequest {
  readonly redirectUri: string
  readonly state: string
  readonly challenge: string
  readonly scope: string
}

/** `page` is said to the person, because nothing about the address can be trusted; `back` goes to the application. */
export type Asked = { readonly asking: AuthorizeRequest } | { readonly page: string } | { readonly back: string }

type Query = Readonly<Record<string, unknown>>

export function readAuthorizeRequest(world: World, query: Query): Asked {
  const field = (name: string) => (typeof query[name] === 'string' ? query[name] : '')
  const redirectUri = field('redirect_uri')
  if (field('client_id') !== world.app.id) return { page: 'Unknown application: the client_id is wrong.' }
  if (!isRegistered(world, redirectUri))
    return { page: `Invalid OAuth2 redirect_uri. Register exactly this one: ${redirectUri}` }
  const back = (error: string, description: string): Asked => ({
    back: answerAddress(redirectUri, { error, error_description: description, state: field('state') }),
  })
  if (field('response_type') !== 'code')
    return back('unsupported_response_type', 'Only response_type=code is known here.')
  if (field('scope') !== 'identify')
    return back('invalid_scope', 'The requested scope is invalid, unknown, or malformed.')
  // The real one goes without these two; a sandbox that lets them be forgotten would hide a hole.
  if (!field('state')) return back('invalid_request', 'state is missing')
  if (field('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(field('code_challenge'))) {
    return back('invalid_request', 'code_challenge is missing, or is not S256')
  }
  return { asking: { redirectUri, state: field('state'), challenge: field('code_challenge'), scope: 'identify' } }
}

export function answerAddress(redirectUri: string, answer: Readonly<Record<string, string>>): string {
  const address = new URL(redirectUri)
  for (const [name, value] of Object.entries(answer)) if (value) address.searchParams.set(name, value)
  return address.href
}

function isRegistered({ redirectUris }: World, address: string): boolean {
  if (redirectUris) return redirectUris.includes(address)
  const { protocol, hostname } = URL.parse(address) ?? {}
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname ?? '')
}
