import { createHash } from 'node:crypto'
import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'

export const redirectUri = 'http://127.0.0.1:8888/callback/spotify'
export const verifier = 'a-verifier-that-is-long-enough-to-be-taken-by-everybody'

export interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string
  readonly scope: string
  readonly expires_in: number
}

/** The query of /authorize as a good app sends it; undefined leaves a parameter out. */
export function authorizeUrl(
  spotify: Pick<FakeSpotify, 'accountsUrl' | 'credentials'>,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const query: Record<string, string | undefined> = {
    client_id: spotify.credentials.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'user-library-read',
    state: 'a-state',
    show_dialog: 'true',
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    ...changes,
  }
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `${spotify.accountsUrl}/authorize?${new URLSearchParams(given).toString()}`
}

/** What the person's answer on the consent page leads back to. */
export async function answerConsent(url: string, decision: string, account: string): Promise<URL> {
  const body = new URLSearchParams({ decision, account })
  const response = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  return new URL(response.headers.get('location') ?? `about:blank?status=${response.status}`)
}

export async function consentCode(spotify: FakeSpotify, account: string, scope = 'user-library-read'): Promise<string> {
  const back = await answerConsent(authorizeUrl(spotify, { scope }), 'agree', account)
  return back.searchParams.get('code') ?? ''
}

export function askToken(
  spotify: FakeSpotify,
  fields: Readonly<Record<string, string>>,
  basic = true,
): Promise<Response> {
  const { clientId, clientSecret } = spotify.credentials
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const headers: Record<string, string> = basic ? { authorization } : {}
  return fetch(`${spotify.accountsUrl}/api/token`, { method: 'POST', headers, body: new URLSearchParams(fields) })
}

export function exchange(
  spotify: FakeSpotify,
  code: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  return askToken(spotify, { ...fields, ...changes })
}

export async function link(spotify: FakeSpotify, account: string, scope?: string): Promise<Tokens> {
  const response = await exchange(spotify, await consentCode(spotify, account, scope))
  return read<Tokens>(response)
}

export function ask(spotify: FakeSpotify, token: string, path: string, method = 'GET'): Promise<Response> {
  return fetch(spotify.apiUrl + path, { method, headers: { authorization: `Bearer ${token}` } })
}

/** The JSON of an answer, taken for what the test expects. */
export async function read<Answer>(response: Response): Promise<Answer> {
  const answer: Answer = JSON.parse(await response.text())
  return answer
}
