import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UnlinkedMeanwhileError } from '../../src/accounts/errors.ts'
import { createCrypto, type Crypto } from '../../src/crypto.ts'
import { createTemporaryRecords, type TemporaryRecord } from '../../src/accounts/temporary-records.ts'
import type { Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'
import { runs } from '../world/runs.ts'

const old = { id: 'k1', key: Buffer.alloc(32, 1) }
const fresh = { id: 'k2', key: Buffer.alloc(32, 2) }
const ttl = 60_000

describe('what is stored about Ana for a while', () => {
  test('is found under the key that was active then, as long as that is on the ring', async () => {
    const store = modelStore()
    const before = createTemporaryRecords(store, createCrypto(old, [old]))
    await before.set(record('a', ['ana']), true)
    const after = createTemporaryRecords(store, createCrypto(fresh, [fresh, old]))
    await after.set(record('b', ['ana', 'ben']), true)
    expect((await after.list('ana')).map(({ key }) => key).toSorted()).toEqual(['a', 'b'])

    await before.deleteAll('ana')
    expect(await after.unlinkedAt('ana')).toBeTypeOf('number')
    await after.deleteAll('ana')
    expect(await after.list('ana')).toEqual([])
    expect(await after.list('ben')).toEqual([])
    for (const key of ['a', 'b']) expect(await store.get('things', key)).toBeUndefined()
    expect(await createTemporaryRecords(store, createCrypto(fresh, [fresh])).unlinkedAt('ben')).toBeUndefined()
  })

  test('an HMAC tells neither the person nor, without the key, whether it is theirs', () => {
    const cryptos = [createCrypto(old, [old]), createCrypto(fresh, [fresh, old])] as const
    const [[first], [second, third]] = [cryptos[0].hmacs('ana', 'x'), cryptos[1].hmacs('ana', 'x')] as const
    expect(third).toBe(first)
    expect(new Set([first, second, cryptos[0].hmacs('ana', 'y')[0], cryptos[0].hmacs('ben', 'x')[0]]).size).toBe(4)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
  })

  test('one that began before she unlinked is refused and leaves nothing, a later one is not', async () => {
    const store = modelStore()
    const temporaryRecords = createTemporaryRecords(store, createCrypto(old, [old]), () => 1000)
    await temporaryRecords.deleteAll('ana')
    const late = temporaryRecords.create({ ...record('a', ['ana']), since: 1000 }, true)
    await expect(late).rejects.toThrow(UnlinkedMeanwhileError)
    expect(await store.get('things', 'a')).toBeUndefined()
    expect(await temporaryRecords.list('ana')).toEqual([])
    expect(await temporaryRecords.create({ ...record('b', ['ana']), since: 1001 }, true)).toBe(true)
    expect(await temporaryRecords.create({ ...record('b', ['ana']), since: 1001 }, true)).toBe(false)
  })

  test('whatever is written while she unlinks is refused or deleted, and what Ben alone has done stays', async () => {
    const people = fc.constantFrom<string[]>(['ana'], ['ana', 'ben'], ['ben', 'ana'], ['ben'])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(people, fc.nat(12)), { minLength: 1, maxLength: 6 }),
        fc.nat(30),
        fc.infiniteStream(fc.nat(2)),
        async (writes, pause, pauses) => {
          const store = modelStore()
          const crypto: Crypto = createCrypto(old, [old])
          const temporaryRecords = createTemporaryRecords(slowed(store, pauses), crypto)
          const works = writes.map(async ([of, wait], number) => {
            await ticks(wait)
            await temporaryRecords.set(record(String(number), of), true).catch(expectUnlinked)
          })
          await ticks(pause)
          await temporaryRecords.deleteAll('ana')
          await Promise.all(works)
          const after = createTemporaryRecords(store, crypto)
          const later = await after.list('ana')
          await after.deleteAll('ana')
          expect(await after.list('ana')).toEqual([])
          const left = await Promise.all(writes.map((_, number) => store.get('things', String(number))))
          expect(left).toEqual(writes.map(([of]) => (of.includes('ana') ? undefined : true)))
          const bens = writes.flatMap(([of], number) => (of.includes('ana') ? [] : [String(number)]))
          expect((await after.list('ben')).map(({ key }) => key).toSorted()).toEqual(bens)
          // Whatever was left after the first time had begun after it.
          for (const { key } of later) expect(writes[Number(key)]?.[0]).toContain('ana')
        },
      ),
      { numRuns: runs(200) },
    )
  })
})

describe('what one person may have only so many of', () => {
  const few = (key: string, newest = 5): TemporaryRecord => ({ ...record(key, ['ana']), newest })

  test('150 at once are all written, and the newest five stay, in the index too', async () => {
    const store = modelStore()
    const temporaryRecords = createTemporaryRecords(store, createCrypto(old, [old]))
    await temporaryRecords.set({ ...record('other', ['ana']), kind: 'others' }, true)
    const keys = Array.from({ length: 150 }, (_, number) => String(number))
    await Promise.all(keys.map((key) => temporaryRecords.set(few(key), key)))
    const kept = await Promise.all(keys.map((key) => store.get('things', key)))
    expect(kept.filter((value) => value !== undefined)).toEqual(['145', '146', '147', '148', '149'])
    expect(await temporaryRecords.list('ana')).toHaveLength(6)
  })

  test('one that goes for a newer one while it is being written is not left outside of the index', async () => {
    const store = modelStore()
    const crypto = createCrypto(old, [old])
    const [noted, deleted, written] = [1, 2, 3].map(() => Promise.withResolvers<void>())
    const first = instead(store, 'set', async (...record: Parameters<Store['set']>) => {
      if (record[0] !== 'things') return store.set(...record)
      noted?.resolve()
      await deleted?.promise
      return store.set(...record)
    })
    const second = instead(store, 'delete', async (...record: Parameters<Store['delete']>) => {
      const wasThere = await store.delete(...record)
      deleted?.resolve()
      await written?.promise
      return wasThere
    })
    const writing = createTemporaryRecords(first, crypto).set(few('earlier', 1), 1)
    await noted?.promise
    const replacing = createTemporaryRecords(second, crypto).set(few('later', 1), 2)
    await writing
    written?.resolve()
    await replacing
    expect(await store.get('things', 'earlier')).toBeUndefined()
    expect((await createTemporaryRecords(store, crypto).list('ana')).map(({ key }) => key)).toEqual(['later'])
  })

  test('also by several processes: a few of the newest stay, and nothing that the index does not name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(2)), async (pauses) => {
        const store = modelStore()
        const crypto = createCrypto(old, [old])
        const processes = [1, 2, 3].map(() => createTemporaryRecords(slowed(store, pauses), crypto))
        const keys = Array.from({ length: 24 }, (_, number) => String(number))
        await Promise.all(
          keys.map((key, index) => (processes[index % 3] ?? expect.unreachable()).set(few(key, 2), key)),
        )
        const left = await Promise.all(keys.map((key) => store.get('things', key)))
        const listed = (await createTemporaryRecords(store, crypto).list('ana')).map(({ key }) => key)
        expect(new Set(left.filter((value) => value !== undefined))).toEqual(new Set(listed))
        expect(listed.length).toBeGreaterThan(0)
        expect(listed.length).toBeLessThanOrEqual(4)
      }),
      { numRuns: runs(30) },
    )
  })
})

function record(key: string, of: readonly string[]): TemporaryRecord {
  return { people: of, kind: 'things', key, ttl }
}

/** The store with one call of another's. */
function instead<Name extends keyof Store>(store: Store, name: Name, call: Store[Name]): Store {
  return new Proxy(store, { get: (target, asked) => (asked === name ? call : Reflect.get(target, asked)) as unknown })
}

/** Every answer takes a while of its own. */
function slowed(store: Store, pauses: Iterator<number>): Store {
  return new Proxy(store, {
    get: (target, name: keyof Store) => {
      return async (...values: never[]) => {
        await ticks(pauses.next().value as number)
        const outcome = await (target[name] as (...all: never[]) => Promise<unknown>)(...values)
        await ticks(pauses.next().value as number)
        return outcome
      }
    },
  })
}

async function ticks(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await tick()
}

function expectUnlinked(error: unknown): void {
  expect(error).toBeInstanceOf(UnlinkedMeanwhileError)
}
