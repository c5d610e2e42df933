import type { HttpResponse } from '../http.ts'
import type { SpotifyEndpoint } from '../metrics.ts'
import { SpotifyDownError } from './errors.ts'
import type { Purpose } from './rate-limit/queue.ts'
import { parseBody } from './response.ts'

/** The most that Spotify takes at once. */
export const mostAdded = 100

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** `parse` reads the response, once for all who share the request. */
export type ApiRequest = <Parsed>(
  endpoint: SpotifyEndpoint,
  method: Method,
  path: string,
  accessToken: string,
  parse: (response: HttpResponse) => Parsed,
  how: { readonly purpose: Purpose; readonly body?: object },
) => Promise<Parsed>

const purpose = 'account'
const nothing = (): void => undefined

/** The owner's playlists, by their ids. What adds or makes something is never asked a second time. */
export function createPlaylistRequests(request: ApiRequest) {
  return {
    /** A private one without songs; its id. */
    createPlaylist(accessToken: string, name: string, description: string): Promise<string> {
      const body = { name, description, public: false }
      return request('playlists', 'POST', '/me/playlists', accessToken, idIn, { purpose, body })
    },
    /** Puts these in the place of all that is in it. */
    replaceItems(accessToken: string, id: string, uris: readonly string[]): Promise<void> {
      return request('playlists', 'PUT', `/playlists/${id}/items`, accessToken, nothing, { purpose, body: { uris } })
    },
    addItems(accessToken: string, id: string, uris: readonly string[]): Promise<void> {
      return request('playlists', 'POST', `/playlists/${id}/items`, accessToken, nothing, { purpose, body: { uris } })
    },
    /** Whether it is among theirs: one that somebody has deleted still answers. */
    async hasPlaylist(accessToken: string, id: string): Promise<boolean> {
      const path = `/me/library/contains?${uriOf(id)}`
      const body = await request('playlists', 'GET', path, accessToken, parseBody, { purpose })
      if (Array.isArray(body) && typeof body[0] === 'boolean') return body[0]
      throw new SpotifyDownError('GET /me/library/contains answered 200 without a yes or no')
    },
    /** Puts it among theirs again; one that is there stays where it is. */
    keepPlaylist(accessToken: string, id: string): Promise<void> {
      return request('playlists', 'PUT', `/me/library?${uriOf(id)}`, accessToken, nothing, { purpose })
    },
  }
}

function uriOf(id: string): URLSearchParams {
  return new URLSearchParams({ uris: `spotify:playlist:${id}` })
}

function idIn(response: HttpResponse): string {
  const { id } = Object(parseBody(response)) as { readonly id?: unknown }
  if (typeof id === 'string' && /^[\w-]{1,64}$/.test(id)) return id
  throw new SpotifyDownError('POST /me/playlists answered without the id of a playlist')
}

/** Where people find it. */
export function playlistUrl(id: string): string {
  return `https://open.spotify.com/playlist/${id}`
}
