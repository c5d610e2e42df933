import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UnlinkedMeanwhileError } from '../../src/accounts/errors.ts'
import { createSeal, type Seal } from '../../src/crypto.ts'
import { createTraces, type Trace } from '../../src/accounts/temporary-records.ts'
import type { Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'

const old = { id: 'k1', key: Buffer.alloc(32, 1) }
const fresh = { id: 'k2', key: Buffer.alloc(32, 2) }
const ttl = 60_000

describe('what is stored about Ana for a while', () => {
  test('is found under the key that was active then, as long as that is on the ring', async () => {
    const store = modelStore()
    const before = createTraces(store, createSeal(old, [old]))
    await before.set(trace('a', ['ana']), true)
    const after = createTraces(store, createSeal(fresh, [fresh, old]))
    await after.set(trace('b', ['ana', 'ben']), true)
    expect((await after.about('ana')).map(({ key }) => key).toSorted()).toEqual(['a', 'b'])

    await before.forget('ana')
    expect(await after.unlinkedAt('ana')).toBeTypeOf('number')
    await after.forget('ana')
    expect(await after.about('ana')).toEqual([])
    expect(await after.about('ben')).toEqual([])
    for (const key of ['a', 'b']) expect(await store.get('things', key)).toBeUndefined()
    expect(await createTraces(store, createSeal(fresh, [fresh])).unlinkedAt('ben')).toBeUndefined()
  })

  test('a mark tells neither the person nor, without the key, whether it is theirs', () => {
    const seals = [createSeal(old, [old]), createSeal(fresh, [fresh, old])] as const
    const [[first], [second, third]] = [seals[0].marks('ana', 'x'), seals[1].marks('ana', 'x')] as const
    expect(third).toBe(first)
    expect(new Set([first, second, seals[0].marks('ana', 'y')[0], seals[0].marks('ben', 'x')[0]]).size).toBe(4)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
  })

  test('one that began before she unlinked is refused and leaves nothing, a later one is not', async () => {
    const store = modelStore()
    const traces = createTraces(store, createSeal(old, [old]), () => 1000)
    await traces.forget('ana')
    const late = traces.create({ ...trace('a', ['ana']), since: 1000 }, true)
    await expect(late).rejects.toThrow(UnlinkedMeanwhileError)
    expect(await store.get('things', 'a')).toBeUndefined()
    expect(await traces.about('ana')).toEqual([])
    expect(await traces.create({ ...trace('b', ['ana']), since: 1001 }, true)).toBe(true)
    expect(await traces.create({ ...trace('b', ['ana']), since: 1001 }, true)).toBe(false)
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
          const seal: Seal = createSeal(old, [old])
          const traces = createTraces(slowed(store, pauses), seal)
          const works = writes.map(async ([of, wait], number) => {
            await ticks(wait)
            await traces.set(trace(String(number), of), true).catch(expectUnlinked)
          })
          await ticks(pause)
          await traces.forget('ana')
          await Promise.all(works)
          const after = createTraces(store, seal)
          const later = await after.about('ana')
          await after.forget('ana')
          expect(await after.about('ana')).toEqual([])
          const left = await Promise.all(writes.map((_, number) => store.get('things', String(number))))
          expect(left).toEqual(writes.map(([of]) => (of.includes('ana') ? undefined : true)))
          const bens = writes.flatMap(([of], number) => (of.includes('ana') ? [] : [String(number)]))
          expect((await after.about('ben')).map(({ key }) => key).toSorted()).toEqual(bens)
          // Whatever was left after the first time had begun after it.
          for (const { key } of later) expect(writes[Number(key)]?.[0]).toContain('ana')
        },
      ),
      { numRuns: 200 },
    )
  })
})

function trace(key: string, of: readonly string[]): Trace {
  return { of, kind: 'things', key, ttl }
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
