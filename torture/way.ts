import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * What becomes of a post on its way: it goes through, it or its answer gets lost, or whoever sent it dies before it
 * has gone out, while it is under way, or before the answer is there.
 */
export type Fate = 'through' | 'slow' | 'lost' | 'answer lost' | 'dies first' | 'dies meanwhile' | 'dies then'

/** The way from one process to Discord. */
export interface Way {
  /** For DISCORD_API_URL. */
  readonly apiUrl: string
  close(): Promise<void>
}

export interface Traveller {
  /** Something is asked about a channel. */
  touches(channel: string): void
  /** A message is about to be posted into a channel. */
  fate(channel: string): Fate
  /** Kills the process. */
  dies(): Promise<void>
}

const postPath = /\/channels\/(\d+)\/messages$/
const channelPath = /\/channels\/(\d+)/

export async function openWay(apiUrl: string, traveller: Traveller): Promise<Way> {
  const agent = new Agent({ keepAlive: true })
  const underWay = new Set<Promise<void>>()
  const server = createServer((incoming, answer) => {
    const one = pass(incoming, answer).catch(() => void answer.destroy())
    underWay.add(one)
    void one.finally(() => underWay.delete(one))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(apiUrl).pathname}`,
    async close() {
      // What the dead have sent arrives all the same.
      await Promise.all(underWay)
      agent.destroy()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }

  async function pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await text(incoming)
    const path = incoming.url ?? ''
    const [, channel] = channelPath.exec(path) ?? []
    if (channel) traveller.touches(channel)
    const isPost = incoming.method === 'POST' && postPath.test(path)
    const fate = isPost && channel ? traveller.fate(channel) : 'through'
    if (fate === 'dies first') return traveller.dies()
    if (fate === 'lost') return void incoming.socket.resetAndDestroy()
    if (fate === 'slow') await new Promise((done) => setTimeout(done, 400))
    const dying = fate === 'dies meanwhile' ? traveller.dies() : undefined
    const { status, headers, said } = await forward(incoming, body)
    await dying
    if (fate === 'dies then') return traveller.dies()
    if (fate === 'answer lost') return void incoming.socket.resetAndDestroy()
    answer.writeHead(status, headers).end(said)
  }

  async function forward(incoming: IncomingMessage, body: string) {
    const { method, headers, url } = incoming
    const outgoing = request(new URL(url ?? '', apiUrl), { method, headers, agent })
    outgoing.end(body)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return { status: response.statusCode ?? 500, headers: response.headers, said: await text(response) }
  }
}
