import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'
import type { Http } from '../../src/http.ts'
import { authorizeUrl } from '../sandbox/oauth-client.ts'

export type Tokens = Pick<FakeSpotify, 'accountsUrl' | 'credentials' | 'adopt'>

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** The code of somebody who agrees on the consent page, to what the changes of its query ask for. */
export async function codeOf(
  spotify: Tokens,
  send: Http,
  account: string,
  changes: Readonly<Record<string, string>>,
): Promise<string> {
  const body = new URLSearchParams({ decision: 'agree', account }).toString()
  const { headers } = await send(authorizeUrl(spotify, changes), { method: 'POST', headers: form, body })
  return new URL(String(headers['location'])).searchParams.get('code') ?? ''
}

/** An access token of somebody who has agreed that their songs are read, for the sandbox's own app. */
export async function accessTokenOf(spotify: Tokens, send: Http, accountId: string): Promise<string> {
  const { clientId, clientSecret } = spotify.credentials
  const refreshToken = `refresh-${accountId}`
  spotify.adopt([{ refreshToken, accountId, clientId, scopes: ['user-library-read'], consentAt: Date.now() }])
  const { body } = await send(`${spotify.accountsUrl}/api/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      ...form,
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  })
  return (JSON.parse(body.toString()) as { access_token: string }).access_token
}
