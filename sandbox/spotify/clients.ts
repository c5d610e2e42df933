import type { World } from './world.ts'

type Client = { readonly id: string } | { readonly error: string; readonly because: string }

/** Which app is asking the token endpoint: the one with a secret, or somebody's own without one. */
export function identifyClient(
  world: World,
  header: string | undefined,
  fields: Readonly<Record<string, string>>,
): Client {
  const basic = header === undefined ? undefined : readBasic(header)
  if (header !== undefined && !basic) return { error: 'invalid_client', because: 'Invalid authorization header' }
  if (basic && fields.client_secret !== undefined) {
    world.surprises.push('POST /api/token: the secret in the header and in the body.')
    return { error: 'invalid_request', because: 'Must use one way to authenticate the client' }
  }
  if (basic && fields.client_id !== undefined && fields.client_id !== basic.id) {
    return { error: 'invalid_client', because: 'Invalid client' }
  }

  const id = basic?.id ?? fields.client_id
  const secret = basic?.secret ?? fields.client_secret
  if (!id) return { error: 'invalid_client', because: '' }
  if (secret === undefined && world.switches.publicClients.includes(id)) return withoutSecret(id, fields)
  if (id !== world.credentials.clientId) return { error: 'invalid_client', because: 'Invalid client' }
  if (secret !== world.credentials.clientSecret) return { error: 'invalid_client', because: 'Invalid client secret' }
  return { id }
}

function withoutSecret(id: string, fields: Readonly<Record<string, string>>): Client {
  const needsVerifier = fields.grant_type === 'authorization_code' && !fields.code_verifier
  return needsVerifier ? { error: 'invalid_request', because: 'code_verifier must be supplied' } : { id }
}

function readBasic(header: string): { readonly id: string; readonly secret: string } | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header) ?? []
  const decoded = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString()
  const colon = decoded.indexOf(':')
  return colon < 1 ? undefined : { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) }
}
