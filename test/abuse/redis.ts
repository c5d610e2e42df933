import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { openRedis } from '../../src/store/redis.ts'
import { StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { everyCall } from '../store/failing.ts'
import { startRedis, startTlsRedis } from '../store/redis-server.ts'
import { startAbusiveServer, startTlsFront, type AbusiveServer } from '../world/abusive-server.ts'
import { makeCertificate } from '../world/certificate.ts'
import { until } from '../world/until.ts'
import { uncaughtDuring } from './uncaught.ts'
import type { AbuseReport } from './targets.ts'

const nonsense = [
  '*1000000000\r\n',
  '$-7\r\n',
  '+OK\r\n'.repeat(50),
  '>1\r\n$3\r\nfoo\r\n',
  '-\r\n',
  '*-1\r\n:x\r\n',
  '(\r\n',
]

export async function abuseRedis(connections: number): Promise<AbuseReport> {
  await using ends = new AsyncDisposableStack()
  const redis = ends.adopt(await startRedis(), ({ stop }) => stop())
  const abusive = ends.adopt(await startAbusiveServer(redis.port, nonsense), ({ close }) => close())
  return await abuse(connections, [{ abusive, url: `redis://127.0.0.1:${abusive.port}` }])
}

/** Below the encryption, and within it. */
export async function abuseRedisOverTls(connections: number): Promise<AbuseReport> {
  await using ends = new AsyncDisposableStack()
  const certificate = makeCertificate()
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, certificate.cert])
  ends.defer(() => setDefaultCACertificates(trusted))
  const redis = ends.adopt(await startTlsRedis(certificate), ({ stop }) => stop())
  const below = ends.adopt(await startAbusiveServer(redis.tlsPort, nonsense), ({ close }) => close())
  const within = ends.adopt(await startAbusiveServer(redis.port, nonsense), ({ close }) => close())
  const front = ends.adopt(await startTlsFront(within.port, certificate), ({ close }) => close())
  return await abuse(connections, [
    { abusive: below, url: `rediss://127.0.0.1:${below.port}` },
    { abusive: within, url: `rediss://127.0.0.1:${front.port}` },
  ])
}

/** Half of them at a start, half while the store is used. */
async function abuse(connections: number, lines: { abusive: AbusiveServer; url: string }[]): Promise<AbuseReport> {
  const abused = (): number => lines.reduce((sum, { abusive }) => sum + abusive.abused(), 0)
  const uncaught = await uncaughtDuring(async () => {
    const users = lines.flatMap(({ url }) => Array.from({ length: 8 / lines.length }, () => use(url)))
    await until(`${connections} abused connections`, () => abused() >= connections)
    for (const { abusive } of lines) abusive.relent()
    await Promise.all(users)
  })
  return { abused: abused(), uncaught }

  /** Opens stores and uses them, until one is well. */
  async function use(url: string): Promise<void> {
    for (let isWell = false; !isWell;) {
      const store = await failing(openRedis(url))
      const before = abused()
      const isOver = (): boolean => abused() >= connections || abused() > before + 10
      while (!isOver()) {
        if (!store) break
        await Promise.all(Object.values(everyCall).map((call) => failing(call(store))))
        // While it is away, everything fails at once.
        await sleep(5)
      }
      isWell = store !== undefined && abused() >= connections && (await recovers(store))
      await store?.close()
    }
  }

  async function recovers(store: Store): Promise<boolean> {
    await until('a store that is well again', async () => (await failing(store.check().then(() => true))) ?? false)
    return true
  }
}

/** Undefined for what fails as everything has to that a store cannot do. */
async function failing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof StoreUnavailableError) return undefined
    throw error
  }
}
