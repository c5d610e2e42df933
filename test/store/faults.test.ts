import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { StoreFullError, StoreReadOnlyError, StoreUnavailableError } from '../../src/store/store.ts'
import type { Store } from '../../src/store/store.ts'
import { waitLimit } from '../world/until.ts'
import { everyCall, expectAllToFail, failureOf, recovery } from './failing.ts'
import { refuseChanges, takeChanges, withoutRedis, startRedis, tell } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

let server: RedisServer
let store: Store

describe.skipIf(withoutRedis())('a Redis with faults', () => {
  beforeAll(async () => {
    server = await startRedis()
    store = await openRedis(server.url, waitLimit)
  })
  afterEach(async () => {
    vi.useRealTimers()
    server.thaw()
    await tell(server, 'FLUSHALL')
  })
  afterAll(async () => {
    await store?.close()
    await server?.stop()
  })

  test('RD-132 killed under way: every call is an error, and the next server is found', async () => {
    const underWay = Promise.allSettled(Array.from({ length: 50 }, () => store.get('links', 'ana')))
    await server.kill()
    for (const call of await underWay) {
      if (call.status === 'rejected') expect(call.reason).toBeInstanceOf(StoreUnavailableError)
      else expect(call.value).toBeUndefined()
    }
    await expectAllToFail(store)
    await server.restart()
    await recovery(store)
  })

  test('RD-133 frozen: nothing hangs, nothing reads as absent, and thawing heals it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const hurried = await openRedis(server.url)
    await hurried.set('links', 'ana', { version: 1 })
    server.freeze()
    const calls = Object.values(everyCall).map((call) => call(hurried))
    let ended = 0
    for (const call of calls) call.catch(() => undefined).finally(() => (ended += 1))
    await vi.advanceTimersByTimeAsync(1_499)
    expect(ended).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toBe(calls.length)
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
    // The connection has been given up, and the next one comes to nothing.
    const again = expectAllToFail(hurried)
    await vi.advanceTimersByTimeAsync(1_500)
    await again
    vi.useRealTimers()
    server.thaw()
    await recovery(hurried)
    await hurried.set('links', 'ana', 'again')
    expect(await hurried.get('links', 'ana')).toBe('again')
    await hurried.close()
  })

  test('RD-137 out of memory: nothing new is taken, and reading, deleting and what deleting needs go on', async () => {
    await store.set('links', 'ana', { version: 1 })
    await store.set('links', 'ben', { version: 1 })
    await store.setBytes('ana', Buffer.from('songs'), 60_000)
    await store.add('guild', 'ana')
    await store.schedule('due', 'ana', 2)
    const held = await store.lease('held', 60_000)
    await tell(server, 'CONFIG', 'SET', 'maxmemory', '1')
    onTestFinished(async () => void (await tell(server, 'CONFIG', 'SET', 'maxmemory', '0')))
    for (const name of ['set', 'create', 'add', 'meter', 'setBytes', 'check']) {
      const failure = await failureOf(everyCall[name]?.(store) ?? Promise.resolve(name))
      expect(failure, name).toBeInstanceOf(StoreFullError)
      expect(failure.message, name).toContain('OOM')
    }
    expect(await store.compareAndSet('links', 'ana', 1, { version: 2, marked: true })).toBe(true)
    expect(await store.get('links', 'ana')).toEqual({ version: 2, marked: true })
    await store.schedule('due', 'ana', 1)
    await store.schedule('due', 'ben', 1)
    expect(await store.due('due', 1, 10)).toEqual(['ana', 'ben'])
    expect(await store.lease('held', 60_000)).toBeUndefined()
    const lease = await store.lease('another', 60_000)
    expect([await lease?.renew(60_000), await held?.renew(60_000)]).toEqual([true, true])
    await lease?.release()
    expect(await store.deleteIfVersion('links', 'ana', 2)).toBe(true)
    expect(await store.delete('links', 'ben')).toBe(true)
    expect(await store.touchBytes('ana', 60_000)).toBe(true)
    expect(await store.getBytes('ana')).toEqual(Buffer.from('songs'))
    expect(await store.deleteBytes('ana')).toBe(true)
    await store.remove('guild', 'ana')
    await store.unschedule('due', 'ana')
    expect(await store.members('guild')).toEqual([])
    expect(await store.due('due', 1, 10)).toEqual(['ben'])
    await tell(server, 'CONFIG', 'SET', 'maxmemory', '0')
    await store.check()
  })

  test('RD-137 nearly out of memory: what may be lost is not taken any more, and everything else is', async () => {
    onTestFinished(async () => void (await tell(server, 'CONFIG', 'SET', 'maxmemory', '0')))
    const used = Number(/used_memory:(\d+)/.exec(await tell(server, 'INFO', 'memory'))?.[1])
    await tell(server, 'CONFIG', 'SET', 'maxmemory', String(used * 2))
    await store.setBytes('ana', Buffer.from('songs'), 60_000)
    await tell(server, 'CONFIG', 'SET', 'maxmemory', String(Math.round(used * 1.25)))
    expect(await failureOf(store.setBytes('ana', Buffer.from('newer'), 60_000))).toBeInstanceOf(StoreFullError)
    expect(await store.getBytes('ana')).toEqual(Buffer.from('songs'))
    await store.set('links', 'ana', { version: 1 })
    await store.check()
    await (await openRedis(server.url, waitLimit)).close()
  })

  test('RD-145 a disk that cannot be written: every change is refused, deletions too, and reading goes on', async () => {
    await store.set('links', 'ana', { version: 1 })
    await refuseChanges(server)
    onTestFinished(() => takeChanges(server))
    const reading = ['get', 'keys', 'members', 'due', 'replace', 'discard', 'getBytes', 'statBytes']
    for (const name of Object.keys(everyCall).filter((call) => !reading.includes(call))) {
      const failure = await failureOf(everyCall[name]?.(store) ?? Promise.resolve(name))
      expect(failure, name).toBeInstanceOf(StoreReadOnlyError)
      expect(failure.message, name).toContain('MISCONF')
    }
    expect(await failureOf(store.deleteIfVersion('links', 'ana', 1))).toBeInstanceOf(StoreReadOnlyError)
    expect(await store.get('links', 'ana')).toEqual({ version: 1 })
    expect((await failureOf(openRedis(server.url))).message).toMatch(/cannot write to its disk.* Look at its disk and/)
  })

  test('RD-138 a server that was made a replica refuses writes, and its successor takes them', async () => {
    await tell(server, 'REPLICAOF', '127.0.0.1', '1')
    expect((await failureOf(store.set('links', 'ana', 1))).message).toContain('READONLY')
    await tell(server, 'REPLICAOF', 'NO', 'ONE')
    await recovery(store)
  })

  test('RD-140 FLUSHALL: nothing is there, and nobody is made again', async () => {
    await store.set('links', 'ana', { version: 1 })
    const lease = await store.lease('refresh:ana', 60_000)
    await tell(server, 'FLUSHALL')
    expect(await store.get('links', 'ana')).toBeUndefined()
    expect(await store.compareAndSet('links', 'ana', 1, { version: 2 })).toBe(false)
    expect(await lease?.renew(60_000)).toBe(false)
  })

  test('RD-143 a clock that jumps an hour ends no record', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await store.set('links', 'ana', 'here', 60_000)
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(await store.get('links', 'ana')).toBe('here')
  })

  test('RD-144 scripts that the server has forgotten are no fault', async () => {
    await store.set('links', 'ana', { version: 1 })
    expect(await store.compareAndSet('links', 'ana', 1, { version: 2 })).toBe(true)
    await tell(server, 'SCRIPT', 'FLUSH')
    expect(await store.compareAndSet('links', 'ana', 2, { version: 3 })).toBe(true)
  })

  test('RD-146 another type at our key is an error, never "not there"', async () => {
    const keys = ['record:links:ana', 'set:guild', 'due:due', 'bytes:ana']
    for (const key of keys) await tell(server, 'HSET', `hearsay:${key}`, 'field', 'value')
    const calls = ['get', 'replace', 'discard', 'add', 'remove', 'members', 'schedule', 'unschedule', 'due']
    for (const name of [...calls, 'getBytes', 'statBytes']) {
      const failure = await failureOf(everyCall[name]?.(store) ?? Promise.resolve(name))
      expect(failure, name).toBeInstanceOf(StoreUnavailableError)
    }
    await store.set('links', 'ana', 'whole again')
    expect(await store.get('links', 'ana')).toBe('whole again')
  })

  test.for(['', '{"value":"secret', 'null', '5', '[]', '{}', '{"other":1}', '\xff'])(
    'RD-146 %j at our key is an error, never "not there", and is not quoted',
    async (text) => {
      for (const name of ['get', 'replace', 'discard']) {
        await tell(server, 'SET', 'hearsay:record:links:ana', text)
        const failure = await failureOf(everyCall[name]?.(store) ?? Promise.resolve(name))
        expect(failure, name).toBeInstanceOf(StoreUnavailableError)
        expect(failure.message + String(failure.cause), name).not.toContain('secret')
      }
    },
  )

  test('Keyv and the atomic commands write the same bytes at the same key', async () => {
    const value = { title: 'Ünï ":"', version: 3 }
    const began = performance.now()
    await store.set('links', 'set', value, 60_000)
    await store.create('links', 'created', value, 60_000)
    await store.set('links', 'replaced', { version: 2 })
    await store.compareAndSet('links', 'replaced', 2, value, 60_000)
    const stored = await Promise.all(
      ['set', 'created', 'replaced'].map((key) => tell(server, 'GET', `hearsay:record:links:${key}`)),
    )
    expect(new Set(stored).size).toBe(1)
    expect(stored[0]).toContain('{"version":3,"value":{')
    for (const key of ['set', 'created', 'replaced']) {
      const left = Number((await tell(server, 'PTTL', `hearsay:record:links:${key}`)).slice(1))
      expect(left).toBeLessThanOrEqual(60_000)
      expect(left).toBeGreaterThanOrEqual(60_000 - Math.ceil(performance.now() - began) - 1)
      expect(await store.get('links', key)).toEqual(value)
    }
  })

  test('every key begins with our name', async () => {
    for (const call of Object.values(everyCall)) await call(store)
    await store.set('links', 'ben', 1)
    const keys = (await tell(server, 'KEYS', '*')).split('\r\n').filter((line) => !/^[*$]/.test(line))
    expect(keys.length).toBeGreaterThan(1)
    expect(keys.filter((key) => !key.startsWith('hearsay:'))).toEqual([])
  })

  test('close lets what is under way finish and hangs up; after it every call is an error', async () => {
    const closing = await openRedis(server.url)
    const written = closing.set('links', 'last', 'word')
    await closing.close()
    await written
    await expectAllToFail(closing)
    await expect
      .poll(() => tell(server, 'CLIENT', 'LIST', 'TYPE', 'NORMAL'))
      .not.toMatch(/lib-name=node-redis[^]*lib-name=node-redis/)
    expect(await store.get('links', 'last')).toBe('word')
  })
})
