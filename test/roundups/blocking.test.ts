import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Accounts } from '../../src/accounts/accounts.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createBlocks } from '../../src/roundups/blocks.ts'
import { createJoining } from '../../src/roundups/joining.ts'
import { createMembers } from '../../src/roundups/members.ts'
import type { Roundups } from '../../src/roundups/roundups.ts'
import type { Store } from '../../src/store/store.ts'
import { inEveryOrder } from '../store/every-order.ts'
import { modelStore } from '../store/model.ts'
import { overBoth } from './over-both.ts'
import {
  ana,
  ben,
  createRoundupsFixture,
  day,
  openBackend,
  server,
  testCrypto,
  type RoundupsFixture,
} from './roundups-fixture.ts'

const another = '197038439483310999'
const { signal } = new AbortController()

overBoth('removing somebody,', stories)

function stories(kind: 'a file' | 'Redis'): void {
  let backend: { store: Store; close(): Promise<void> }
  let fixture: RoundupsFixture
  let roundups: Roundups
  beforeEach(async () => {
    backend = await openBackend(kind)
    fixture = createRoundupsFixture(backend.store)
    roundups = fixture.process()
    for (const one of [server, another]) await roundups.join(ben, one)
  })
  afterEach(() => backend?.close())

  test('another process tells Ben once, about all servers, and nobody asks the store about anybody else', async () => {
    const other = fixture.process()
    for (const one of [server, another]) await roundups.remove(ben, one, { keepOut: null, tell: true })
    await other.runRemovals(signal)
    expect([other.hasNews(ben), other.hasNews(ana)]).toEqual([true, false])
    const told: (readonly string[])[] = []
    const send = async (servers: readonly string[]) => void told.push(servers.toSorted())
    await Promise.all([roundups, other].map((one) => one.tellNews(ben, send)))
    expect(told).toEqual([[server, another]])
    for (const one of [roundups, other]) await one.runRemovals(signal)
    expect([roundups, other].map((one) => one.hasNews(ben))).toEqual([false, false])
  })

  test('what could not be sent is sent with the next command, and after half a year no more', async () => {
    await roundups.remove(ben, server, { keepOut: null, tell: true })
    const lost = async () => Promise.reject(new Error('Discord is away'))
    await expect(roundups.tellNews(ben, lost)).rejects.toThrow('Discord is away')
    expect(roundups.hasNews(ben)).toBe(true)
    expect(await roundups.about(ben)).toMatchObject({ removedFrom: [server] })
    fixture.time += 184 * day
    await roundups.runRemovals(signal)
    expect(roundups.hasNews(ben)).toBe(false)
    expect(await roundups.about(ben)).toMatchObject({ removedFrom: [] })
  })

  test('an unlink forgets what he was to be told, and not that he is kept out', async () => {
    await roundups.remove(ben, server, { keepOut: true, tell: true })
    await roundups.forget(ben)
    expect(await roundups.about(ben)).toMatchObject({ removedFrom: [] })
    expect(roundups.hasNews(ben)).toBe(false)
    await expect(roundups.join(ben, server)).rejects.toThrow('roundup.blocked')
    expect(JSON.stringify(await backend.store.members(`blocked.${server}`))).not.toContain(ben)
  })

  test('one who did not take part is told nothing', async () => {
    expect(await roundups.remove(ana, server, { keepOut: true, tell: true })).toBe(false)
    expect(roundups.hasNews(ana)).toBe(false)
  })

  test('a server keeps out a thousand, and removes somebody also where there is no room for one more', async () => {
    for (let number = 0; number < 999; number += 1) await backend.store.add(`blocked.${server}`, `hmac-${number}`)
    await roundups.remove(ana, server, { keepOut: true, tell: true })
    // It says so.
    const removing = roundups.remove(ben, server, { keepOut: true, tell: true })
    await expect(removing).rejects.toThrow('roundup.remove.full.removed')
    await expect(roundups.remove(ben, server, { keepOut: true, tell: true })).rejects.toThrow(/roundup\.remove\.full$/)
    expect(await roundups.takesPart(ben, server)).toBe(false)
    await roundups.remove(ana, server, { keepOut: false, tell: true })
    await roundups.remove(ben, server, { keepOut: true, tell: true })
    expect([await roundups.isBlocked(ben, server), await roundups.isBlocked(ana, server)]).toEqual([true, false])
  })

  test('a removal that fails half way: who leaves later of their own accord is told nothing, and whose removal is repeated is', async () => {
    const broken = fixture.process(changed({ remove: () => Promise.reject(new Error('The store is away')) }))
    for (const one of [server, another])
      await expect(broken.remove(ben, one, { keepOut: null, tell: true })).rejects.toThrow('The store is away')
    expect([await roundups.takesPart(ben, server), await roundups.takesPart(ben, another)]).toEqual([true, true])
    expect(await roundups.leave(ben, server)).toBe(true)
    expect(await roundups.remove(ben, another, { keepOut: null, tell: true })).toBe(true)
    // Pressing leave once more is no wish not to know.
    expect(await roundups.leave(ben, another)).toBe(false)
    expect(await roundups.about(ben)).toMatchObject({ removedFrom: [another] })
  })

  test('a removal that crosses an unlink leaves nothing behind', async () => {
    const schedule: Store['schedule'] = async (index, ...of) => {
      if (index === 'removal-news') await roundups.forget(ben)
      return backend.store.schedule(index, ...of)
    }
    await fixture.process(changed({ schedule })).remove(ben, server, { keepOut: null, tell: true })
    expect(await backend.store.due('removal-news', Number.MAX_SAFE_INTEGER, 10)).toEqual([])
  })

  test('who was removed from thirty servers is told of all, ten at a time; joining one of them hushes none of the others', async () => {
    const servers = Array.from({ length: 30 }, (_, number) => String(197038439483320000n + BigInt(number)))
    for (const one of servers) {
      await roundups.join(ben, one)
      await roundups.remove(ben, one, { keepOut: null, tell: true })
    }
    await roundups.join(ben, servers[0] ?? '')
    const told: (readonly string[])[] = []
    while (roundups.hasNews(ben)) await roundups.tellNews(ben, async (some) => void told.push(some))
    expect(told.map(({ length }) => length)).toEqual([10, 10, 9])
    expect(told.flat().toSorted()).toEqual(servers.slice(1))
  })

  test('a store that cannot tell who was removed does not keep posts from changing', async () => {
    const due: Store['due'] = (index, ...of) =>
      index === 'removal-news' ? Promise.reject(new Error('The store is away')) : backend.store.due(index, ...of)
    const asked: string[] = []
    const broken = fixture.process(changed({ due: (index, ...of) => (asked.push(index), due(index, ...of)) }))
    await expect(broken.runRemovals(signal)).rejects.toThrow('The store is away')
    expect(asked).toContain('removals')
  })

  function changed(changes: Partial<Store>): Store {
    return new Proxy(backend.store, {
      get: (store, name) => (changes as Record<string | symbol, unknown>)[name] ?? Reflect.get(store, name),
    })
  }

  test('a block counts under an earlier key, and under the newer one once it is made again', async () => {
    const earlier = { id: 'k1', key: Buffer.alloc(32, 1) }
    const newer = { id: 'k2', key: Buffer.alloc(32, 2) }
    const before = createBlocks(backend.store, createCrypto(earlier, [earlier]))
    const between = createBlocks(backend.store, createCrypto(newer, [newer, earlier]))
    const after = createBlocks(backend.store, createCrypto(newer, [newer]))
    await before.block(ben, server)
    expect(await between.isBlocked(ben, server)).toBe(true)
    expect(await after.isBlocked(ben, server)).toBe(false)
    await between.block(ben, server)
    expect(await after.isBlocked(ben, server)).toBe(true)
    expect(await backend.store.members(`blocked.${server}`)).toHaveLength(1)
    await between.lift(ben, server)
    expect(await after.isBlocked(ben, server)).toBe(false)
  })
}

test('who joins while they are kept out is out in the end, in whatever order that reaches the store', async () => {
  const tried = await inEveryOrder(
    async () => {
      const store = modelStore()
      const join = (gated: Store) => joiningOver(gated).join(ben, server)
      const remove = (gated: Store) => joiningOver(gated).remove(ben, server, { keepOut: true, tell: true })
      return { world: store, store, operations: [join, remove] }
    },
    async (store, order) => {
      const isIn = await membersOver(store).takesPart(ben, server)
      expect({ order, isIn }).toEqual({ order, isIn: false })
      expect(await joiningOver(store).isBlocked(ben, server)).toBe(true)
    },
  )
  expect(tried).toBeGreaterThan(1_000)
})

function membersOver(store: Store) {
  return createMembers(store, { announce: async () => undefined, takeOut: async () => false })
}

function joiningOver(store: Store) {
  const get: Accounts['get'] = async () => ({ spotifyId: 'ben' }) as Link
  const others = { ends: { forget: async () => undefined }, startRemovals: () => undefined, now: () => 0 }
  return createJoining({ store, accounts: { get }, crypto: testCrypto, members: membersOver(store), ...others })
}
