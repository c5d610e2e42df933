import { startSpotify } from '../../sandbox/spotify/start.ts'
import { createHttp, HttpError } from '../../src/http.ts'
import { abuseHttp } from './http.ts'
import type { AbuseReport } from './targets.ts'

/** Over what every request to Spotify and to the OAuth servers goes through. */
export async function abuseSpotify(connections: number): Promise<AbuseReport> {
  await using ends = new AsyncDisposableStack()
  const spotify = ends.adopt(await startSpotify({ accounts: [] }), ({ close }) => close())
  return await abuseHttp(connections, Number(new URL(spotify.apiUrl).port), (origin) => {
    const http = createHttp()
    const send = async (...[path, request]: Parameters<typeof http.send>) => {
      try {
        await http.send(`${origin}${path}`, { deadline: 2_000, ...request })
      } catch (error) {
        if (!(error instanceof HttpError)) throw error
      }
    }
    const ask = () =>
      Promise.all([
        send('/v1/me/tracks?limit=50&offset=0', { headers: { authorization: 'Bearer none' } }),
        send('/api/token', { method: 'POST', body: 'grant_type=client_credentials' }),
        send('/v1/me/library', { method: 'PUT', body: JSON.stringify({ ids: 'x'.repeat(20_000) }) }),
      ])
    return { ask, close: http.close }
  })
}
