import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A line to a server that does something to what passes. */
export interface BadLine {
  readonly url: string
  /** Lets the connections of now stand and passes nothing on; new ones work. */
  swallow(): void
  close(): void
}

/** `pass` sends a chunk on, in its own way; `connected` hears the number of each new connection, from one. */
export async function badLine(
  port: number,
  pass: (chunk: Buffer, to: Socket) => unknown = (chunk, to) => to.write(chunk),
  connected: (number: number, client: Socket) => void = () => undefined,
): Promise<BadLine> {
  const sockets = new Set<Socket>()
  let count = 0
  const listener = createServer((client) => {
    const server = connect(port, '127.0.0.1')
    forward(client, server)
    forward(server, client)
    connected(++count, client)
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')

  function forward(from: Socket, to: Socket): void {
    sockets.add(from)
    let queue = Promise.resolve()
    from.on('data', (chunk) => {
      queue = queue.then(async () => void (await pass(chunk, to)))
    })
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
  }
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    swallow() {
      for (const socket of sockets) socket.removeAllListeners('data').resume()
    },
    close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

export async function byteByByte(chunk: Buffer, to: Socket): Promise<void> {
  for (const byte of chunk) {
    to.write(Buffer.of(byte))
    await new Promise(setImmediate)
  }
}

/** A server that gives one answer to every command, like `-LOADING …`. */
export async function stubborn(answer: string): Promise<Omit<BadLine, 'swallow'>> {
  const sockets = new Set<Socket>()
  const listener = createServer((client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    client.on('data', (chunk) => {
      const commands = String(chunk).match(/^\*\d+\r$/gm) ?? []
      client.write(`${answer}\r\n`.repeat(commands.length))
    })
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
