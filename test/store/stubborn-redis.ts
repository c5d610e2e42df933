import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A server that gives one answer to every command, like `-LOADING …`. */
export async function startStubbornRedis(
  answer: string,
): Promise<{ readonly url: string; hangUp(): void; close(): void }> {
  const sockets = new Set<Socket>()
  const listener = createServer((client) => {
    sockets.add(client)
    client.on('close', () => sockets.delete(client))
    client.on('error', () => client.destroy())
    client.on('data', (chunk) => {
      const commands = String(chunk).match(/^\*\d+\r$/gm) ?? []
      client.write(`${answer}\r\n`.repeat(commands.length))
    })
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    hangUp,
    close() {
      listener.close()
      hangUp()
    },
  }

  function hangUp(): void {
    for (const socket of sockets) socket.destroy()
  }
}
