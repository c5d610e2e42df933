import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'

/**
 * What becomes of a post: it goes through, it or its answer gets lost, or the process that sent it dies before it has
 * gone out, while it is under way, or before the answer is there.
 */
export type Fate = 'through' | 'slow' | 'lost' | 'answer lost' | 'dies first' | 'dies meanwhile' | 'dies then'

export interface Sender {
  /** Something is asked about a channel, or a conversation is begun with a person. */
  touches(subject: string): void
  /** A message is about to be posted. */
  fate(): Fate
  /** Kills the process. */
  dies(): Promise<void>
}

/** A proxy between one process and Discord. */
export async function openDiscordProxy(apiUrl: string, sender: Sender) {
  const agent = new Agent()
  const underWay = new Set<Promise<void>>()
  const server = createServer((incoming, answer) => {
    const one = pass(incoming, answer).catch(() => void answer.destroy())
    underWay.add(one)
    void one.finally(() => underWay.delete(one))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    /** For DISCORD_API_URL. */
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(apiUrl).pathname}`,
    async close(): Promise<void> {
      // What the dead have sent arrives all the same.
      await Promise.all(underWay)
      await agent.destroy()
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }

  async function pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = 'GET', url = '', headers } = incoming
    const body = await text(incoming)
    const [, channel, isMessages] = /\/channels\/(\d+)(\/messages$)?/.exec(url) ?? []
    const subject = channel ?? /"recipient_id":"(\d+)"/.exec(body)?.[1]
    if (subject) sender.touches(subject)
    const fate = method === 'POST' && isMessages ? sender.fate() : 'through'
    if (fate === 'dies first') return sender.dies()
    if (fate === 'lost') return void incoming.socket.resetAndDestroy()
    if (fate === 'slow') await sleep(400)
    const dying = fate === 'dies meanwhile' ? sender.dies() : undefined
    const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...passed } = headers
    const response = await request(new URL(url, apiUrl), {
      ...{ dispatcher: agent, method: method as 'GET', headers: passed, body: body || null },
    })
    const said = await response.body.text()
    await dying
    if (fate === 'dies then') return sender.dies()
    if (fate === 'answer lost') return void incoming.socket.resetAndDestroy()
    answer.writeHead(response.statusCode, response.headers).end(said)
  }
}
