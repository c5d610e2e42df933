import { expect, test } from 'vitest'
import type { Publisher } from '../../src/roundups/roundups.ts'
import type { Store } from '../../src/store/store.ts'
import {
  ana,
  createRoundupsFixture,
  day,
  delivered,
  friday,
  fridays,
  server,
  type RoundupsFixture,
} from './roundups-fixture.ts'

const beyondTheLease = 31_000
const beyondTheNonce = 6 * 60_000

test('whoever has slept through their lease just before posting does not post', async () => {
  const fixture = await opened()
  let announced = 0
  const store: Store = {
    ...fixture.store,
    async compareAndSet(...of) {
      const done = await fixture.store.compareAndSet(...of)
      if ((announced += 1) === 1) fixture.time += beyondTheLease
      return done
    },
  }
  expect(await delivered(fixture.process(store))).toEqual([expect.any(Error)])
  expect(fixture.chat.posts).toEqual([])
  expect(await delivered(fixture.process())).toEqual(['posted'])
})

test('a post that comes through long after somebody else has taken over is taken away again', async () => {
  const fixture = await opened()
  const { publisher, held, begun } = holding(fixture)
  const sleeper = delivered(fixture.process(fixture.store, publisher))
  await begun.promise
  fixture.time += beyondTheLease
  expect(await delivered(fixture.process())).toEqual(['posted'])
  fixture.time += beyondTheNonce
  held.resolve()
  await sleeper
  expect(fixture.chat.posts).toHaveLength(1)
  expect(fixture.chat.removed).toHaveLength(1)
  expect((await fixture.process().schedule(server))?.posted).toBe('2026-W47')
})

test('a post of which nobody knows whether it has arrived keeps the others away until it must have', async () => {
  const fixture = await opened()
  const publisher: Publisher = {
    ...fixture.chat.publisher,
    post: () => Promise.reject(new Error('The connection was cut')),
  }
  expect(await delivered(fixture.process(fixture.store, publisher))).toEqual([expect.any(Error)])
  expect(await delivered(fixture.process())).toEqual([])
  fixture.time += beyondTheLease
  expect(await delivered(fixture.process())).toEqual(['posted'])
})

test('a post that arrives between two searches is found, though newer messages stand before it', async () => {
  const fixture = await opened()
  const letters: (() => Promise<unknown>)[] = []
  const publisher: Publisher = {
    ...fixture.chat.publisher,
    async post(...of) {
      // It has died, and its post arrives later.
      letters.push(() => fixture.chat.publisher.post(...of))
      throw new Error('The connection was cut')
    },
  }
  await delivered(fixture.process(fixture.store, publisher))
  fixture.time += beyondTheLease
  const silent: Publisher = { ...fixture.chat.publisher, find: async () => undefined, post: publisher.post }
  await delivered(fixture.process(fixture.store, silent))
  for (const arrive of letters) await arrive()
  fixture.time += beyondTheNonce
  expect(await delivered(fixture.process())).toEqual(['found'])
  expect(letters).toHaveLength(2)
  expect(fixture.chat.posts).toHaveLength(1)
})

test('a schedule that is changed while it is collected is not posted by its old settings', async () => {
  const fixture = await opened()
  const earlier = { ...fridays, hour: 17 }
  const publisher: Publisher = {
    ...fixture.chat.publisher,
    async newest(...of) {
      await fixture.process().setUp(server, earlier, ana)
      return fixture.chat.publisher.newest(...of)
    },
  }
  expect(await delivered(fixture.process(fixture.store, publisher))).toEqual([])
  expect(await delivered(fixture.process())).toEqual(['posted'])
  expect(fixture.chat.posts).toMatchObject([{ page: { until: friday - 3_600_000 } }])
})

test.each([
  { how: 'arrives', outcome: 'posted' },
  { how: 'is lost', outcome: expect.any(Error) as unknown },
])('a change of kind while a post is under way shows nothing twice, where the post $how', async ({ how, outcome }) => {
  const fixture = await opened()
  for (const week of [0, 1]) {
    fixture.time = friday + week * 7 * day
    await delivered(fixture.process())
  }
  fixture.time = friday + 14 * day
  const { publisher, held, begun } = holding(fixture, how === 'is lost')
  const first = delivered(fixture.process(fixture.store, publisher))
  await begun.promise
  const changed = await fixture.process().setUp(server, { ...fridays, every: 'month', weekday: 4 }, ana)
  expect(changed.dueAt).toBeLessThan(fixture.time)
  expect(await delivered(fixture.process())).toEqual([])
  held.resolve()
  expect(await first).toEqual([outcome])
  for (let looks = 0; looks < 3; looks += 1) {
    fixture.time += beyondTheLease
    await delivered(fixture.process())
  }
  const shown = fixture.chat.posts.map(({ page }) => [page.from, page.until])
  expect(shown).toHaveLength(3)
  expect(shown[2]).toEqual([friday + 7 * day, friday + (how === 'arrives' ? 14 : 13) * day])
})

async function opened(): Promise<RoundupsFixture> {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  fixture.time = friday
  return fixture
}

/** A chat whose post is under way until it is let go, and then arrives or is lost. */
function holding({ chat }: RoundupsFixture, isLost = false) {
  const [held, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const publisher: Publisher = {
    ...chat.publisher,
    async post(...of) {
      begun.resolve()
      await held.promise
      if (isLost) throw new Error('The connection was cut')
      return chat.publisher.post(...of)
    },
  }
  return { publisher, held, begun }
}
