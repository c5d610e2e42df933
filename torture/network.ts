import type { Socket } from 'node:net'
import { byteByByte, startTcpProxy } from '../test/world/tcp-proxy.ts'

type Condition = 'good' | 'two seconds late' | 'a byte at a time' | 'every third connection reset'

/** What is between the program and a server on loopback. */
export type Network = Awaited<ReturnType<typeof openNetwork>>

// In each direction, in milliseconds.
const late = 1_000

export async function openNetwork(port: number) {
  const clients = new Set<Socket>()
  let condition: Condition = 'good'
  const proxy = await startTcpProxy(port, pass, (number, client) => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    // One in three does not live at all, and the others not for long.
    if (condition === 'every third connection reset')
      setTimeout(() => client.resetAndDestroy(), number % 3 === 0 ? 0 : 400)
  })
  return { url: `redis://127.0.0.1:${proxy.port}`, become, close: proxy.close }

  /** From now on; connections that there are get cut where they would be. */
  function become(next: Condition): void {
    condition = next
    if (condition === 'every third connection reset') for (const client of clients) client.resetAndDestroy()
  }

  function pass(chunk: Buffer, to: Socket): unknown {
    if (condition === 'a byte at a time') return byteByByte(chunk, to)
    if (condition === 'two seconds late') return void setTimeout(() => to.write(chunk), late)
    return to.write(chunk)
  }
}
