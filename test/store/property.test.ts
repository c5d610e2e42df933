import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import type { Json, Lease, Store, Versioned } from '../../src/store/store.ts'
import { waitLimit } from '../world/until.ts'
import { modelStore } from './model.ts'
import { withoutRedis, startRedis } from './redis-server.ts'
import { runs } from '../world/runs.ts'

test('the embedded file does what the description says, whatever is asked in whatever order', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-property-'))
  const store = await openStore({ directory, patience: waitLimit })
  try {
    await expectLikeModel(store)
  } finally {
    await store.close()
    rmSync(directory, { recursive: true })
  }
})

test.skipIf(withoutRedis())('Redis does the same', async () => {
  const server = await startRedis()
  const store = await openStore({ redisUrl: server.url, patience: waitLimit })
  try {
    await expectLikeModel(store)
  } finally {
    await store.close()
    await server.stop()
  }
})

/** A hundred short lives, each in names of its own, beside a model that answers the same. */
async function expectLikeModel(store: Store): Promise<void> {
  let life = 0
  const calls = fc.array(call, { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(calls, async (asked) => {
      const names = `life${life++}`
      expect(await answers(store, asked, names)).toEqual(await answers(modelStore(), asked, names))
    }),
    { numRuns: runs(100) },
  )
}

interface World {
  readonly store: Store
  readonly names: string
  readonly leases: Lease[]
}
type Call = (world: World) => Promise<unknown>

async function answers(store: Store, calls: Call[], names: string): Promise<unknown[]> {
  const world: World = { store, names, leases: [] }
  const given: unknown[] = []
  for (const call of calls) given.push(await call(world))
  return given
}

const key = fc.constantFrom('ana', 'ben', 'a:b', '_.-')
const version = fc.integer({ min: 0, max: 2 })
const versioned = fc
  .tuple(version, fc.string({ unit: 'binary', maxLength: 5 }))
  .map(([number, title]): Versioned => ({ title, version: number }))
// Through JSON once, because JSON has no -0.
const value = fc.oneof(
  versioned,
  fc.jsonValue().map((held) => JSON.parse(JSON.stringify(held)) as Json),
)
const time = fc.integer({ min: -2, max: 3 })
const ttl = fc.constantFrom(undefined, 60_000)
const long = 60_000

const amount = fc.integer({ min: 0, max: 9 })
const entry = fc.record({
  owner: fc.constantFrom('one', 'two'),
  spent: fc.array(fc.record({ amount, ago: fc.constantFrom(0, 900) }), { maxLength: 2 }),
  held: amount,
  want: amount,
  limit: fc.constantFrom(0, 5, 30),
})

const call: fc.Arbitrary<Call> = fc.oneof(
  told(fc.tuple(key, entry), ([k, e]) => async ({ store, names }) => {
    const terms = { span: long, bucket: 100, heldFor: long }
    const { granted, total, frees } = await store.meter(`${names}:${k}`, { ...e, ...terms })
    return { granted, total, frees: frees > 0 }
  }),
  told(
    fc.tuple(key),
    ([k]) =>
      ({ store, names }) =>
        store.get(names, k),
  ),
  told(
    fc.tuple(key, value, ttl),
    ([k, v, t]) =>
      ({ store, names }) =>
        store.set(names, k, v, t),
  ),
  told(
    fc.tuple(key, value, ttl),
    ([k, v, t]) =>
      ({ store, names }) =>
        store.create(names, k, v, t),
  ),
  told(
    fc.tuple(key),
    ([k]) =>
      ({ store, names }) =>
        store.delete(names, k),
  ),
  told(
    fc.tuple(key, version, versioned, ttl),
    ([k, n, v, t]) =>
      ({ store, names }) =>
        store.compareAndSet(names, k, n, v, t),
  ),
  told(
    fc.tuple(key, version),
    ([k, n]) =>
      ({ store, names }) =>
        store.deleteIfVersion(names, k, n),
  ),
  told(
    fc.tuple(key),
    ([k]) =>
      ({ store, names }) =>
        store.add(names, k),
  ),
  told(
    fc.tuple(key),
    ([k]) =>
      ({ store, names }) =>
        store.remove(names, k),
  ),
  told(
    fc.tuple(key),
    () =>
      async ({ store, names }) =>
        (await store.members(names)).toSorted(),
  ),
  told(
    fc.tuple(key, time),
    ([k, at]) =>
      ({ store, names }) =>
        store.schedule(names, k, at),
  ),
  told(
    fc.tuple(key),
    ([k]) =>
      ({ store, names }) =>
        store.unschedule(names, k),
  ),
  told(
    fc.tuple(time, fc.integer({ min: 0, max: 4 })),
    ([until, limit]) =>
      ({ store, names }) =>
        store.due(names, until, limit),
  ),
  told(
    fc.tuple(key, fc.uint8Array()),
    ([k, held]) =>
      ({ store, names }) =>
        store.setBytes(`${names}:${k}`, held, long),
  ),
  told(fc.tuple(key), ([k]) => async ({ store, names }) => {
    const found = await store.getBytes(`${names}:${k}`)
    return [found && [...found], (await store.statBytes(`${names}:${k}`))?.bytes]
  }),
  told(fc.tuple(key, fc.boolean()), ([k, gone]) => ({ store, names }) => {
    return gone ? store.deleteBytes(`${names}:${k}`) : store.touchBytes(`${names}:${k}`, long)
  }),
  told(
    fc.tuple(key),
    ([k]) =>
      (world) =>
        takeLease(world, k),
  ),
  told(
    fc.tuple(fc.nat(3)),
    ([which]) =>
      async ({ leases }) =>
        leases[which]?.renew(long),
  ),
  told(
    fc.tuple(fc.nat(3)),
    ([which]) =>
      async ({ leases }) =>
        leases[which]?.release(),
  ),
)

async function takeLease({ store, names, leases }: World, name: string): Promise<boolean> {
  const lease = await store.lease(`${names}:${name}`, long)
  if (lease) leases.push(lease)
  return lease !== undefined
}

/** A call that a failing run can show: its code and what it was given. */
function told<T>(given: fc.Arbitrary<T>, make: (given: T) => Call): fc.Arbitrary<Call> {
  return given.map((values) => {
    const call = make(values)
    return Object.assign(call, { [fc.toStringMethod]: () => `${String(call)} with ${fc.stringify(values)}` })
  })
}
