import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { add, type Counts } from '../../bench/report.ts'
import { drawDelay, drawFaults, type Fault } from './faults.ts'
import { createGrants, ownerOf, type Rotation } from './grants.ts'

/** A token endpoint on loopback, slow and flaky, that knows what it has given to whom. */
export async function startProvider(rotation: Rotation, leastPause: number) {
  const grants = createGrants(rotation)
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
    grants,
    seen,
    async close(): Promise<void> {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = new URLSearchParams(await text(request)).get('refresh_token') ?? ''
    watch(ownerOf(token), response)
    seen.requests += 1
    const fault = draw()
    if (fault) add(faults, fault.name)
    await sleep(drawDelay())
    if (fault && !fault.worked) return spoil(response, fault, '')
    const next = grants.succeed(token)
    if (!next) {
      seen.refusals += 1
      return answer(response, 400, '{"error":"invalid_grant"}')
    }
    const granted = { access_token: `access-${next.token}`, token_type: 'Bearer', expires_in: 1 }
    const given = JSON.stringify({ ...granted, refresh_token: next.token })
    // The client may have given up by now.
    if (fault || response.destroyed) seen.owed += 1
    if (!fault) return answer(response, 200, given)
    spoil(response, fault, given)
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
  else if (how === 'error') answer(response, worked ? 502 : 503, '<html>Bad gateway')
  else if (how === 'garbage') answer(response, 200, '{"access_token":')
  else if (how === 'half') {
    response.writeHead(200, { 'content-length': text.length }).write(text.slice(0, text.length / 2))
    setTimeout(() => response.destroy(), 5)
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(text)
}
