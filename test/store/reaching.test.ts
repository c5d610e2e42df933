import { getEventListeners } from 'node:events'
import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { readRedisAddress } from '../../src/store/redis-address.ts'
import { redisClient } from '../../src/store/redis-client.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import type { Store } from '../../src/store/store.ts'
import { until, waitLimit } from '../world/until.ts'
import { byteByByte, startTcpProxy, type TcpProxy } from '../world/tcp-proxy.ts'
import { startStubbornRedis } from './stubborn-redis.ts'
import { failureOf, isDone, recovery } from './failing.ts'
import { withoutRedis, startRedis } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

const opened: Pick<Store | TcpProxy, 'close'>[] = []
afterAll(async () => {
  for (const thing of opened) await thing.close()
})

test.for([
  'localhost:6379',
  'http://:pass-word@localhost',
  'redis://',
  'redis://:pass-word@localhost:port',
  'redis://:pass-word%@localhost',
  'redis://localhost,',
  '',
])('CF-174 %j is no address of a Redis', async (url) => {
  const failure = await failureOf(openRedis(url, waitLimit))
  expect(failure.message).toMatch(/^REDIS_URL (must|has|names) .*\.$/)
  expect(inspect(failure, { depth: 9 })).not.toContain('pass-word')
})

test.for(['redis://ana:pass-word@127.0.0.1:1', 'redis://:pass-word@127.0.0.1:1,redis://127.0.0.1:2'])(
  'RD-131 nobody at %s: the start says what to check, and not the password',
  async (url) => {
    const failure = await failureOf(openRedis(url, waitLimit))
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure.message).toMatch(/^No Redis answers at 127.0.0.1:1.*\. Check that it is running and that REDIS_URL/)
    expect(inspect(failure, { depth: 9 })).not.toContain('pass-word')
  },
)

test.for([
  ['RD-141', '-LOADING Redis is loading the dataset in memory', 'is still loading its data. Start again in a moment.'],
  [
    'RD-145',
    '-MISCONF Redis is unable to persist to disk',
    'cannot write to its disk, and refuses every change. Look at its disk and its log. It says: MISCONF Redis',
  ],
  [
    'an old Redis',
    "-ERR unknown command 'GETDEL'",
    'is too old, or has commands switched off. Hearsay needs Redis 6.2',
  ],
  ['a node of a cluster', '-MOVED 1 127.0.0.1:7000', 'is part of a cluster. List its nodes in REDIS_URL'],
] as const)('%s: %j is told in a sentence', async ([, answer, sentence]) => {
  const server = await startStubbornRedis(answer)
  opened.push(server)
  const failure = await failureOf(openRedis(server.url, waitLimit))
  expect(failure).toBeInstanceOf(StoreUnavailableError)
  expect(failure.message).toContain(sentence)
})

test('a connection that was lost leaves no listener behind', async () => {
  const server = await startStubbornRedis('+OK')
  opened.push(server)
  const address = readRedisAddress(server.url)
  if (typeof address === 'string') expect.unreachable(address)
  const { node } = redisClient(address, () => undefined)
  const lost = Promise.withResolvers<void>()
  let connections = 0
  node.on('ready', () => {
    connections += 1
    if (connections > 20) lost.resolve()
    else server.hangUp()
  })
  await node.connect()
  await lost.promise
  const { options } = node as unknown as { readonly options: { readonly socket: { readonly signal: AbortSignal } } }
  expect(getEventListeners(options.socket.signal, 'abort')).toHaveLength(0)
  void node.destroy()
})

describe.skipIf(withoutRedis())('on the way to a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis(['--requirepass', 'pass-word'])
  })
  afterAll(() => server?.stop())

  test.for([
    ['without a password', '127.0.0.1', 'NOAUTH Authentication required.'],
    ['with a wrong password', ':wrong-word@127.0.0.1', 'WRONGPASS invalid username-password pair'],
    ['as somebody unknown', 'mallory:wrong-word@127.0.0.1', 'WRONGPASS invalid username-password pair'],
  ] as const)('RD-139 %s the start says that the login is refused', async ([, host, said]) => {
    const failure = await failureOf(openRedis(`redis://${host}:${server.port}`, waitLimit))
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure.message).toContain(
      `Redis at 127.0.0.1:${server.port} refuses the login. Check the user name and the password in REDIS_URL. It says: ${said}`,
    )
    expect(inspect(failure, { depth: 9 })).not.toContain('wrong-word')
  })

  test('RD-134 answers that are two seconds late are errors within two seconds', async () => {
    let heldUp: [Buffer, Socket][] | undefined
    const line = await startTcpProxy(server.port, (chunk, to) => (heldUp ? heldUp.push([chunk, to]) : to.write(chunk)))
    opened.push(line)
    onTestFinished(() => void vi.useRealTimers())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const store = await open(`redis://127.0.0.1:${line.port}`, {})
    heldUp = []
    const failure = failureOf(store.get('links', 'ana'))
    await vi.advanceTimersByTimeAsync(1_500)
    expect(await failure).toBeInstanceOf(StoreUnavailableError)
    vi.useRealTimers()
    for (const [chunk, to] of heldUp) to.write(chunk)
    heldUp = undefined
    await recovery(store)
  })

  test.concurrent('RD-135 every third connection is reset: an error now and then, and never a wrong answer', async ({
    expect,
  }) => {
    let connections = 0
    // The others last for a few commands.
    const store = await openThrough(undefined, (number, client) => {
      connections = number
      let chunks = 0
      if (number % 3 === 0) client.resetAndDestroy()
      else client.on('data', () => void ((chunks += 1) > 12 && client.resetAndDestroy()))
    })
    await until('a stored record', async () => {
      await recovery(store)
      return isDone(store.set('links', 'ana', 'here'))
    })
    const read = new Set<unknown>()
    const failures: unknown[] = []
    let answers = 0
    const few = connections + 7
    await until('seven more connections, and answers', async () => {
      try {
        read.add(await store.get('links', 'ana'))
        answers += 1
      } catch (failure) {
        failures.push(failure)
      }
      return connections >= few && answers > 20
    })
    expect(read).toEqual(new Set(['here']))
    expect(failures.length).toBeGreaterThan(0)
    for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailableError)
  })

  test.concurrent('RD-136 one byte at a time is slow and right', async ({ expect }) => {
    const store = await openThrough(byteByByte)
    await store.set('links', 'ben', { title: '日本語 🎧', version: 1 })
    expect(await store.compareAndSet('links', 'ben', 1, { version: 2, title: '🎧' })).toBe(true)
    expect(await store.get('links', 'ben')).toEqual({ version: 2, title: '🎧' })
  })

  test.concurrent('a line into a hole is given up even while calls keep coming', async ({ expect }) => {
    const line = await startTcpProxy(server.port)
    opened.push(line)
    const store = await openUsual(`redis://127.0.0.1:${line.port}`)
    line.swallow()
    const calls: Promise<unknown>[] = []
    let answered = false
    await until('an answer by another line', () => {
      const call = store.get('links', 'ana')
      calls.push(call)
      call.then(
        () => (answered = true),
        () => undefined,
      )
      return answered
    })
    const [first] = await Promise.allSettled(calls)
    expect(first?.status).toBe('rejected')
  })

  test('a process that was busy itself still hears the answers that came meanwhile', async () => {
    const store = await openUsual(`redis://127.0.0.1:${server.port}`)
    await until('a stored record', () => isDone(store.set('links', 'ana', 'here')))
    const asked = store.get('links', 'ana')
    await new Promise(setImmediate)
    // Stands still, for long enough that the slowest Redis has answered, without taking the processor from it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000)
    expect(await asked).toBe('here')
  })

  async function openThrough(...how: Parameters<typeof startTcpProxy> extends [number, ...infer Rest] ? Rest : never) {
    const line = await startTcpProxy(server.port, ...how)
    opened.push(line)
    return open(`redis://127.0.0.1:${line.port}`)
  }

  /** With the patience that the program has, and again where the machine is too slow for it. */
  function openUsual(url: string): Promise<Store> {
    return until('a store', () => open(url, {}).catch(() => undefined))
  }

  async function open(url: string, { patience }: { patience?: number } = { patience: waitLimit }): Promise<Store> {
    const store = await openRedis(url.replace('//', '//:pass-word@'), patience)
    opened.unshift(store)
    return store
  }
})
