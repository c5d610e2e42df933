import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** Between a client and a server, byte by byte: for what a network does to connections. */
export interface TcpProxy {
  readonly port: number
  /** Keeps the connections of now and passes nothing on; new ones work. */
  swallow(): void
  /** Takes no new connections, and cuts those that there are. */
  close(): void
}

/** `pass` sends a chunk on, in its own way; `connected` hears the number of each new connection, from one. */
export async function startTcpProxy(
  port: number,
  pass: (chunk: Buffer, to: Socket) => unknown = (chunk, to) => to.write(chunk),
  connected: (number: number, client: Socket) => void = () => undefined,
): Promise<TcpProxy> {
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
    port: (listener.address() as AddressInfo).port,
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
