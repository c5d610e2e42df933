import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

/** A reverse proxy that gives each request to the next of several programs. */
export interface Proxy {
  readonly url: string
  /** The ports that requests go to, in turn. */
  ports: readonly number[]
  /** Which port got which request: "8081 GET /link". */
  readonly log: string[]
  close(): Promise<void>
}

export async function startProxy(): Promise<Proxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const port = proxy.ports[proxy.log.length % proxy.ports.length]
    proxy.log.push(`${port} ${method} ${path?.split('?')[0]}`)
    const forwarded = { ...headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' }
    const onward = request({ host: '127.0.0.1', port, method, path, headers: forwarded }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      pipeline(answer, outgoing, () => undefined)
    })
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ports: [],
    log: [],
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return proxy
}
