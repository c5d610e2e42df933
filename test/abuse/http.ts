import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { startAbusiveServer, startTlsFront } from '../world/abusive-server.ts'
import { makeCertificate } from '../world/certificate.ts'
import { until } from '../world/until.ts'
import type { AbuseReport } from './targets.ts'
import { uncaughtDuring } from './uncaught.ts'

const json = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

/** Answers that a web server should never give. */
const nonsense: readonly (string | Buffer)[] = [
  `${json}content-length: 50\r\n\r\n{"items":[`,
  `${json}content-length: 4\r\n\r\nnull`,
  `${json}content-length: 5\r\n\r\n{"a":1,"b":2}`,
  `${json}content-length: 9\r\ncontent-encoding: gzip\r\n\r\nno gzip!!`,
  Buffer.concat([
    Buffer.from(`${json}content-encoding: gzip\r\nconnection: close\r\n\r\n`),
    gzipSync('[1,2,3]').subarray(0, 15),
  ]),
  `${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\nzz\r\n`,
  `${json}transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}`,
  `${json}x-long: ${'a'.repeat(70_000)}\r\n\r\n`,
  'HTTP/1.1 100 Continue\r\n\r\n'.repeat(50),
  'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: nothing\r\n\r\nhello',
  'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello',
  'HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 429 Too Many\r\nretry-after: 0.01\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
  'HTTP/2 200 OK\r\n\r\n',
  '220 mail ready\r\n',
]

/** Abusive servers before one that works: plain, over TLS below the encryption, and over TLS within it. */
export async function startAbusiveServers(port: number, nonsense: readonly (string | Buffer)[] = []) {
  const ends = new AsyncDisposableStack()
  const certificate = makeCertificate()
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, certificate.cert])
  ends.defer(() => setDefaultCACertificates(trusted))
  const works = ends.adopt(await startTlsFront(port, certificate), ({ close }) => close())
  const plain = ends.adopt(await startAbusiveServer(port, nonsense), ({ close }) => close())
  const below = ends.adopt(await startAbusiveServer(works.port, nonsense), ({ close }) => close())
  const within = ends.adopt(await startAbusiveServer(port, nonsense), ({ close }) => close())
  const front = ends.adopt(await startTlsFront(within.port, certificate), ({ close }) => close())
  return {
    /** To be put behind "http" or "ws". */
    addresses: [`://127.0.0.1:${plain.port}`, `s://127.0.0.1:${below.port}`, `s://127.0.0.1:${front.port}`],
    abused: (): number => plain.abused() + below.abused() + within.abused(),
    close: () => ends.disposeAsync(),
  }
}

/**
 * Asks servers that answer badly until so many connections have been abused.
 * @param port of the server that works
 * @param open what asks at an address, again and again, and is closed at the end; none of it may reject
 */
export async function abuseHttp(
  connections: number,
  port: number,
  open: (origin: string) => { ask(): Promise<unknown>; close(): unknown },
): Promise<AbuseReport> {
  await using ends = new AsyncDisposableStack()
  const { addresses, abused } = ends.adopt(await startAbusiveServers(port, nonsense), ({ close }) => close())
  const origins = addresses.map((address) => `http${address}`)
  const uncaught = await uncaughtDuring(async () => {
    const users = origins.flatMap((origin) => Array.from({ length: 4 }, () => use(origin)))
    await until(`${connections} abused connections`, () => abused() >= connections)
    await Promise.all(users)
  })
  return { abused: abused(), uncaught }

  async function use(origin: string): Promise<void> {
    const { ask, close } = open(origin)
    while (abused() < connections) await ask()
    await close()
  }
}
