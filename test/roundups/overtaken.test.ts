import { expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'
import type { Channels } from './channel.ts'
import { ana, createOffice, delivered, friday, fridays, server, type Office } from './office.ts'

const beyondTheLease = 31_000
const beyondTheNonce = 6 * 60_000

test('whoever has slept through their lease just before posting does not post', async () => {
  const office = await opened()
  let announced = 0
  const store: Store = {
    ...office.store,
    async compareAndSet(...of) {
      const done = await office.store.compareAndSet(...of)
      if ((announced += 1) === 1) office.time += beyondTheLease
      return done
    },
  }
  expect(await delivered(office.process(store))).toEqual([expect.any(Error)])
  expect(office.chat.posts).toEqual([])
  expect(await delivered(office.process())).toEqual(['posted'])
})

test('a post that comes through long after somebody else has taken over is taken away again', async () => {
  const office = await opened()
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const chat: Channels = {
    ...office.chat,
    async post(...of) {
      begun.resolve()
      await gate.promise
      return office.chat.post(...of)
    },
  }
  const sleeper = delivered(office.process(office.store, chat))
  await begun.promise
  office.time += beyondTheLease
  expect(await delivered(office.process())).toEqual(['posted'])
  office.time += beyondTheNonce
  gate.resolve()
  await sleeper
  expect(office.chat.posts).toHaveLength(1)
  expect(office.chat.removed).toHaveLength(1)
  expect((await office.process().schedule(server))?.posted).toBe('2026-W47')
})

test('a post of which nobody knows whether it has arrived keeps the others away until it must have', async () => {
  const office = await opened()
  const chat: Channels = { ...office.chat, post: () => Promise.reject(new Error('The connection was cut')) }
  expect(await delivered(office.process(office.store, chat))).toEqual([expect.any(Error)])
  expect(await delivered(office.process())).toEqual([])
  office.time += beyondTheLease
  expect(await delivered(office.process())).toEqual(['posted'])
})

test('a post that arrives between two searches is found, though newer messages stand before it', async () => {
  const office = await opened()
  const letters: (() => Promise<unknown>)[] = []
  const chat: Channels = {
    ...office.chat,
    async post(...of) {
      // It has died, and its post arrives later.
      letters.push(() => office.chat.post(...of))
      throw new Error('The connection was cut')
    },
  }
  await delivered(office.process(office.store, chat))
  office.time += beyondTheLease
  const silent: Channels = { ...office.chat, find: async () => undefined, post: chat.post }
  await delivered(office.process(office.store, silent))
  for (const arrive of letters) await arrive()
  office.time += beyondTheNonce
  expect(await delivered(office.process())).toEqual(['found'])
  expect(letters).toHaveLength(2)
  expect(office.chat.posts).toHaveLength(1)
})

test('a schedule that is changed while it is collected is not posted by its old settings', async () => {
  const office = await opened()
  const elsewhere = { ...fridays, channel: '197038439483310087' }
  const chat: Channels = {
    ...office.chat,
    async newest(...of) {
      await office.process().setUp(server, elsewhere, ana)
      return office.chat.newest(...of)
    },
  }
  expect(await delivered(office.process(office.store, chat))).toEqual([])
  expect(await delivered(office.process())).toEqual(['posted'])
  expect(office.chat.posts).toMatchObject([{ channel: elsewhere.channel }])
})

async function opened(): Promise<Office> {
  const office: Office = createOffice(modelStore(() => office.time))
  await office.opens()
  office.time = friday
  return office
}
