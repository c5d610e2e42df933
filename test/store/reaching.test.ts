import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import type { Store } from '../../src/store/store.ts'
import { badLine, byteByByte, stubborn, twoSecondsLater } from './bad-line.ts'
import type { BadLine } from './bad-line.ts'
import { failureOf, recovery } from './failing.ts'
import { formCluster, withoutRedis, startRedis } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

const opened: Pick<Store | BadLine, 'close'>[] = []
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
  const failure = await failureOf(openRedis(url))
  expect(failure.message).toMatch(/^REDIS_URL is not an address of a Redis/)
  expect(inspect(failure, { depth: 9 })).not.toContain('pass-word')
})

test.for(['redis://ana:pass-word@127.0.0.1:1', 'redis://:pass-word@127.0.0.1:1,redis://127.0.0.1:2'])(
  'RD-131 nobody at %s: the start says what to check, and not the password',
  async (url) => {
    const failure = await failureOf(openRedis(url))
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure.message).toMatch(/^No Redis answers at 127.0.0.1:1.*\. Check that it is running and that REDIS_URL/)
    expect(inspect(failure, { depth: 9 })).not.toContain('pass-word')
  },
)

test.for([
  ['RD-141', '-LOADING Redis is loading the dataset in memory', 'is still loading its data. Start again in a moment.'],
  ['RD-145', '-MISCONF Redis is unable to persist to disk', 'does not take data. It says: MISCONF Redis is unable'],
  ['an old Redis', "-ERR unknown command 'GETDEL'", 'is too old. Hearsay needs Redis 6.2 or newer, or Valkey.'],
  ['a node of a cluster', '-MOVED 1 127.0.0.1:7000', 'is part of a cluster. List its nodes in REDIS_URL'],
] as const)('%s: %j is told in a sentence', async ([, answer, sentence]) => {
  const server = await stubborn(answer)
  opened.push(server)
  const failure = await failureOf(openRedis(server.url))
  expect(failure).toBeInstanceOf(StoreUnavailableError)
  expect(failure.message).toContain(sentence)
})

describe.skipIf(withoutRedis())('on the way to a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis(['--requirepass', 'pass-word'])
  })
  afterAll(() => server?.stop())

  test.for([
    ['without a password', '127.0.0.1'],
    ['with a wrong password', ':wrong-word@127.0.0.1'],
    ['as somebody unknown', 'mallory:wrong-word@127.0.0.1'],
  ] as const)('RD-139 %s the start says that the login is refused', async ([, host]) => {
    const failure = await failureOf(openRedis(`redis://${host}:${server.port}`))
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure.message).toBe(
      `Redis at 127.0.0.1:${server.port} refuses the login. Check the user name and the password in REDIS_URL.`,
    )
    expect(inspect(failure, { depth: 9 })).not.toContain('wrong-word')
  })

  test.concurrent('RD-134 answers that are two seconds late are errors within two seconds', async () => {
    let slow = false
    const store = await openThrough((chunk, to) => (slow ? twoSecondsLater(chunk, to) : to.write(chunk)))
    slow = true
    expect(await failureOf(store.get('links', 'ana'))).toBeInstanceOf(StoreUnavailableError)
    slow = false
    await recovery(store)
  })

  test.concurrent('RD-135 every third connection is reset: an error now and then, and never a wrong answer', async () => {
    const store = await openThrough(undefined, (number, client) => {
      setTimeout(() => client.resetAndDestroy(), number % 3 ? 100 : 0)
    })
    await recovery(store).then(() => store.set('links', 'ana', 'here'))
    const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, turn) => askAfter(store, turn * 40)))
    const read = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value)
    expect(read.length).toBeGreaterThan(3)
    expect(new Set(read)).toEqual(new Set(['here']))
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(StoreUnavailableError)
    }
  })

  test.concurrent('RD-136 one byte at a time is slow and right', async () => {
    const store = await openThrough(byteByByte)
    await store.set('links', 'ben', { title: '日本語 🎧', version: 1 })
    expect(await store.compareAndSet('links', 'ben', 1, { version: 2, title: '🎧' })).toBe(true)
    expect(await store.getAndDelete('links', 'ben')).toEqual({ version: 2, title: '🎧' })
  })

  test.concurrent('a line into a hole is given up even while calls keep coming', async () => {
    const line = await badLine(server.port)
    opened.push(line)
    const store = await open(line.url)
    line.swallow()
    const answers = await Promise.allSettled(Array.from({ length: 40 }, (_, turn) => askAfter(store, turn * 50)))
    expect(answers[0]?.status).toBe('rejected')
    expect(answers.at(-1)?.status).toBe('fulfilled')
  })

  test('a process that was busy itself still hears the answers that came meanwhile', async () => {
    const store = await open(`redis://127.0.0.1:${server.port}`)
    await store.set('links', 'ana', 'here')
    const asked = store.get('links', 'ana')
    await new Promise(setImmediate)
    const end = performance.now() + 1_600
    while (performance.now() < end);
    expect(await asked).toBe('here')
  })

  test.concurrent('a cluster whose node was restarted is found again', async () => {
    const node = await startRedis(['--cluster-enabled', 'yes'])
    await formCluster(node)
    const store = await openRedis(`${node.url},redis://127.0.0.1:1`)
    await store.set('links', 'ana', 1)
    await node.kill()
    expect(await failureOf(store.get('links', 'ana'))).toBeInstanceOf(StoreUnavailableError)
    await node.restart()
    let answer: unknown = 'none'
    while (answer !== undefined) {
      await sleep(50)
      answer = await store.get('links', 'ana').catch(() => 'an error')
    }
    await store.close()
    await node.stop()
  })

  async function openThrough(...how: Parameters<typeof badLine> extends [number, ...infer Rest] ? Rest : never) {
    const line = await badLine(server.port, ...how)
    opened.push(line)
    return open(line.url)
  }

  async function open(url: string): Promise<Store> {
    const store = await openRedis(url.replace('//', '//:pass-word@'))
    opened.unshift(store)
    return store
  }
})

async function askAfter(store: Store, ms: number) {
  await sleep(ms)
  return store.get('links', 'ana')
}
