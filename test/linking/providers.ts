import { createHash } from 'node:crypto'
import type { Http } from '../../src/http.ts'
import { cast, names, type Name } from './cast.ts'

export const addresses = {
  site: 'https://hearsay.test',
  discord: 'https://discord.test/oauth2/authorize',
  discordApi: 'https://discord.test/api',
  spotify: 'https://accounts.spotify.test',
  spotifyApi: 'https://api.spotify.test/v1',
}
export const discordApp = '300000000000000001'
export const spotifyApp = 'f'.repeat(32)

type Provider = 'discord' | 'spotify'

interface Code {
  readonly who: Name
  readonly provider: Provider
  readonly clientId: string
  readonly redirectUri: string
  readonly challenge: string
}

/** A Discord and a Spotify that keep to the letter of OAuth: codes are used once, and only with all that they are for. */
export interface Providers {
  readonly http: Http
  /** Whose question that address is; undefined when it is none, or one that the provider refuses on its own page. */
  asks(address: string): Provider | undefined
  /** Where the press of somebody who is signed in leads. */
  answers(address: string, who: Name, agrees: boolean): string
}

export function createProviders(): Providers {
  const codes = new Map<string, Code>()
  let count = 0

  const providers: Providers = {
    asks(address) {
      const { origin, pathname, searchParams } = new URL(address)
      const provider = providerAt(origin + pathname)
      if (!provider) return undefined
      const known = provider === 'spotify' || searchParams.get('client_id') === discordApp
      const registered = searchParams.get('redirect_uri') === `${addresses.site}/callback/${provider}`
      return known && registered && searchParams.has('code_challenge') ? provider : undefined
    },
    answers(address, who, agrees) {
      const asked = new URL(address).searchParams
      const back = new URL(asked.get('redirect_uri') ?? '')
      const state = asked.get('state')
      if (state !== null) back.searchParams.set('state', state)
      if (!agrees) {
        back.searchParams.set('error', 'access_denied')
        return back.href
      }
      const code = `code-${(count += 1)}`
      codes.set(code, {
        who,
        provider: providers.asks(address) ?? 'discord',
        clientId: asked.get('client_id') ?? '',
        redirectUri: asked.get('redirect_uri') ?? '',
        challenge: asked.get('code_challenge') ?? '',
      })
      back.searchParams.set('code', code)
      return back.href
    },
    http: async (url, { body = '', headers = {} } = {}) => {
      const said = url.endsWith('/token') ? redeem(url, new URLSearchParams(body), headers) : about(url, headers)
      return { status: said === undefined ? 400 : 200, headers: {}, body: Buffer.from(JSON.stringify(said ?? invalid)) }
    },
  }
  return providers

  function redeem(url: string, form: URLSearchParams, headers: Readonly<Record<string, string>>): unknown {
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isHere = url.startsWith(addresses.spotify) ? 'spotify' : 'discord'
    if (!code || code.provider !== isHere || code.challenge !== challenge) return undefined
    if (code.redirectUri !== form.get('redirect_uri') || code.clientId !== clientOf(form, headers)) return undefined
    const tokens = { access_token: `${code.who}.access`, refresh_token: `${code.who}.refresh` }
    return { ...tokens, token_type: 'Bearer', expires_in: 3600, scope: 'user-library-read' }
  }
}

const invalid = { error: 'invalid_grant' }

function providerAt(place: string): Provider | undefined {
  if (place === addresses.discord) return 'discord'
  return place === `${addresses.spotify}/authorize` ? 'spotify' : undefined
}

/** As node-fetch or oauth4webapi name it: in the form, or before the colon of Basic. */
function clientOf(form: URLSearchParams, headers: Readonly<Record<string, string>>): string {
  const [, basic = ''] = /^Basic (.+)$/.exec(headers['authorization'] ?? '') ?? []
  return form.get('client_id') ?? Buffer.from(basic, 'base64').toString().split(':')[0] ?? ''
}

function about(url: string, headers: Readonly<Record<string, string>>): unknown {
  const who = names.find((name) => headers['authorization'] === `Bearer ${name}.access`)
  if (!who) return url.endsWith('/revoke') ? {} : undefined
  const { discord, handle, spotify } = cast[who]
  if (url.endsWith('/me') && url.startsWith(addresses.spotifyApi)) return { id: spotify, display_name: who }
  return { application: { id: discordApp }, user: { id: discord, username: handle, global_name: null } }
}
