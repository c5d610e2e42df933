import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** Before a server that works: it passes bytes on, up to a point, and then does something unkind to the connection. */
export interface AbusiveServer {
  readonly port: number
  /** How many connections it has ended badly so far. */
  abused(): number
  /** From now on it only passes bytes on. */
  relent(): void
  close(): void
}

/** What there is of the connection when it comes to that: the client's side of it. */
type Act = (client: Socket) => unknown

const fatalHandshakeFailure = Buffer.from('15030300020228', 'hex')

const acts: readonly Act[] = [
  (client) => client.resetAndDestroy(),
  (client) => client.end(),
  (client) => client.end(randomBytes(300)),
  (client) => thenReset(client, randomBytes(300)),
  (client) => client.end(fatalHandshakeFailure),
  (client) => thenReset(client, fatalHandshakeFailure),
  (client) => client.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 3\r\n\r\nNo.'),
  (client) => thenReset(client, Buffer.alloc(0)),
]

function thenReset(client: Socket, bytes: Buffer): void {
  client.write(bytes, () => setTimeout(() => client.resetAndDestroy(), 20))
}

/** After how many bytes, and whose. */
const stages = [
  ...[0, 1, 30].map((bytes) => ({ of: 'client', bytes })),
  ...[1, 4, 20, 100, 1_000, 5_000].map((bytes) => ({ of: 'server', bytes })),
] as const

/** A connection over which so few bytes come is ended when it has been idle for so long, in milliseconds. */
const idle = 250

/**
 * @param port of the server that works, on 127.0.0.1
 * @param nonsense what a server of this protocol might say and never should, beside what is wrong in every protocol
 */
export async function startAbusiveServer(
  port: number,
  nonsense: readonly (string | Buffer)[] = [],
): Promise<AbusiveServer> {
  const everyAct = [
    ...acts,
    ...nonsense.map(
      (text): Act =>
        (client) =>
          client.write(text) && client.end(),
    ),
  ]
  const combinations = stages.flatMap((stage) => everyAct.map((act) => ({ ...stage, act })))
  // A step that shares no factor with the number of them, so that few connections already meet much of everything.
  const step = [61, 67].find((prime) => combinations.length % prime !== 0) ?? 1
  const sockets = new Set<Socket>()
  let abused = 0
  let connections = 0
  let isKind = false
  const listener = createServer((client) => {
    const { of, bytes, act } = combinations[(connections++ * step) % combinations.length] ?? unreachable()
    const server = connect(port, '127.0.0.1')
    const isSpared = isKind
    let isOver = false
    keep(client, server)
    keep(server, client)
    if (!isSpared) client.setTimeout(idle, abuse)
    pass('client', client, server)
    pass('server', server, client)
    if (!isSpared && of === 'client' && bytes === 0) abuse()

    function pass(side: typeof of, from: Socket, to: Socket): void {
      let left = isSpared || side !== of ? Infinity : bytes
      from.on('data', (chunk: Buffer) => {
        if (isOver) return
        to.write(chunk.subarray(0, left))
        left -= chunk.length
        if (left <= 0) abuse()
      })
    }

    function abuse(): void {
      if (isOver) return
      isOver = true
      abused += 1
      server.destroy()
      act(client)
    }

    function keep(one: Socket, other: Socket): void {
      sockets.add(one)
      one.on('error', () => undefined)
      // What is on its way to the client still has to arrive.
      one.on('close', () => sockets.delete(one) && !isOver && other.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    abused: () => abused,
    relent: () => void (isKind = true),
    close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Ends TLS before a plain server: what that one does happens inside the encryption. */
export async function startTlsFront(port: number, certificate: { readonly cert: string; readonly key: string }) {
  const sockets = new Set<Socket>()
  const listener = createTlsServer(certificate, (client) => {
    const server = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined).on('close', () => sockets.delete(from) && to.destroySoon())
      from.on('data', (chunk) => to.write(chunk))
    }
  }).listen(0, '127.0.0.1')
  listener.on('tlsClientError', () => undefined)
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function unreachable(): never {
  throw new Error('There is always one.')
}
