import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { add, type Counts } from '../../bench/report.ts'
import { createSpotify } from '../../sandbox/spotify/in-process.ts'
import { drawDelay, drawFaults, type Fault } from './faults.ts'

/** What becomes of a refresh token that was answered with a new one: it is good until that is used, or useless at once. */
export type Rotation = 'lenient' | 'strict'

export type Provider = Awaited<ReturnType<typeof startProvider>>

/** The sandbox's token endpoint on loopback, slow and flaky, that counts what it has done. */
export async function startProvider(people: readonly string[], rotation: Rotation, leastPause: number) {
  const accounts = people.map((person) => ({ id: person, name: person, library: [], allowed: true }))
  // So short that every use needs another one.
  const spotify = createSpotify({ accounts, accessLifetime: 1 })
  spotify.rotation = rotation === 'strict' || rotation
  /** By every token that was given out. */
  const owners = new Map<string, string>()
  const draw = drawFaults(leastPause)
  const underWay = new Map<string, number>()
  const faults: Counts = {}
  /** `duplicates` began while another one for the same person was under way; `owed` answers never arrived. */
  const seen = { requests: 0, refusals: 0, duplicates: 0, owed: 0, faults }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void serve(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    /** For SPOTIFY_ACCOUNTS_URL. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: spotify.credentials,
    seen,
    ownerOf: (token: string) => owners.get(token),
    goodTokens: () => new Set(spotify.grants().map(({ refreshToken }) => refreshToken)),
    /** The first refresh token of somebody who agrees, again or for the first time. */
    agree(person: string): string {
      const { clientId } = spotify.credentials
      const refreshToken = `${person}.${owners.size}`
      owners.set(refreshToken, person)
      const scopes = ['user-library-read']
      spotify.adopt([{ refreshToken, accountId: person, clientId, scopes, consentAt: Date.now() }])
      return refreshToken
    },
    async close(): Promise<void> {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    const person = owners.get(new URLSearchParams(body).get('refresh_token') ?? '') ?? ''
    watch(person, response)
    seen.requests += 1
    const fault = draw()
    if (fault) add(faults, fault.name)
    await sleep(drawDelay())
    if (fault && !fault.worked) return spoil(response, fault, '')
    const { authorization = '', 'content-type': type = '' } = request.headers
    const headers = { authorization, 'content-type': type }
    const answer = await spotify.http(spotify.accountsUrl + request.url, { method: 'POST', headers, body })
    const given = answer.body.toString()
    if (answer.status === 200) {
      const tokens = JSON.parse(given) as { access_token: string; refresh_token: string }
      owners.set(tokens.access_token, person).set(tokens.refresh_token, person)
      // The client may have given up by now.
      if (fault || response.destroyed) seen.owed += 1
      if (fault) return spoil(response, fault, given)
    } else seen.refusals += 1
    response.writeHead(answer.status, answer.headers).end(given)
  }

  function watch(person: string, response: ServerResponse): void {
    const others = underWay.get(person) ?? 0
    if (others > 0) seen.duplicates += 1
    underWay.set(person, others + 1)
    response.once('close', () => underWay.set(person, (underWay.get(person) ?? 1) - 1))
  }
}

function spoil(response: ServerResponse, { how, worked }: Fault, text: string): void {
  if (how === 'cut') response.socket?.resetAndDestroy()
  else if (how === 'error') response.writeHead(worked ? 502 : 503).end('<html>Bad gateway')
  else if (how === 'garbage') response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":')
  else if (how === 'half') {
    response.writeHead(200, { 'content-length': text.length }).write(text.slice(0, text.length / 2))
    setTimeout(() => response.destroy(), 5)
  }
}
