import { StartupError } from '../errors.ts'
import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Series } from './series.ts'

/** Serves the series at `GET /metrics` on 127.0.0.1, and nothing else. Rejects with StartupError. */
export async function startMetrics(
  port: number,
  series: Pick<Series, 'text' | 'contentType'>,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, answer(series))
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch (cause) {
    const why = `METRICS_PORT ${port} cannot be listened on. Set another one, or stop what listens there.`
    throw new StartupError(why, { cause })
  }
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function answer(series: Pick<Series, 'text' | 'contentType'>): RequestListener {
  return (request, response) => {
    response.setHeader('cache-control', 'no-store')
    if (request.url !== '/metrics') response.writeHead(404).end()
    else if (request.method !== 'GET') response.writeHead(405, { allow: 'GET' }).end()
    else void write(series, response)
  }
}

async function write({ text, contentType }: Pick<Series, 'text' | 'contentType'>, response: ServerResponse) {
  try {
    response.setHeader('content-type', contentType).end(await text())
  } catch {
    response.writeHead(500).end()
  }
}
