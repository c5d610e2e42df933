import { expect, test } from 'vitest'
import { StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { songOf } from '../library/list-fixture.ts'
import { modelStore } from '../store/model.ts'
import { ana, ben, createRoundupsFixture, delivered, friday, hour, server } from './roundups-fixture.ts'

test('nobody who leaves waits for Discord', async () => {
  const fixture = createRoundupsFixture(modelStore())
  await fixture.opens()
  const update = () => new Promise<never>(() => undefined)
  const roundups = fixture.process(fixture.store, { ...fixture.chat.publisher, update })
  fixture.time = friday
  fixture.songs.set(ana, [songOf(2, { addedAt: friday - hour })])
  const first = await roundups.collect(server, 'now-a', 7, () => undefined)
  await roundups.recordMessage(first, { channel: '1', message: '2' })
  expect(await roundups.leave(ben, server)).toBe(true)
  const page = JSON.stringify(await roundups.page(server, 'now-a', 1))
  expect(page).toContain(ana)
  expect(page).not.toContain(ben)
})

test('an unlink that breaks off halfway is finished by the next one', async () => {
  const store = modelStore()
  const fixture = createRoundupsFixture(store)
  fixture.time = friday
  let isBroken = false
  const breaking = {
    ...store,
    compareAndSet: async (...of: Parameters<typeof store.compareAndSet>) => {
      if (isBroken) throw new StoreUnavailableError('It is away')
      return store.compareAndSet(...of)
    },
  }
  const roundups = fixture.process(breaking)
  for (const person of [ana, ben]) await roundups.join(person, server)
  await roundups.collect(server, 'now-a', 7, () => undefined)
  isBroken = true
  await expect(roundups.forget(ben)).rejects.toThrow(StoreUnavailableError)
  isBroken = false
  expect(await roundups.about(ben)).toMatchObject({ takesPartIn: [], leaving: [server] })
  await roundups.forget(ben)
  expect(JSON.stringify([await store.get('sheets', 'now-a.1')])).not.toContain(ben)
  expect(await roundups.about(ben)).toMatchObject({ takesPartIn: [], leaving: [] })
})

test('an unlink deletes what is stored where somebody has left a moment before, and looks at no other server', async () => {
  const store = modelStore()
  const fixture = createRoundupsFixture(store)
  fixture.time = friday
  const looked = new Set<string>()
  const watching: Store = {
    ...store,
    // Whoever would delete it later gets no further.
    lease: () => new Promise(() => undefined),
    get: (kind, key) => (looked.add(`${kind} ${key}`), store.get(kind, key)),
  }
  const roundups = fixture.process(watching)
  const others = Array.from({ length: 20 }, (_, index) => `${server}${index}`)
  for (const one of [server, ...others]) {
    await roundups.join(one === server ? ana : ben, one)
    await roundups.collect(one, `now-7-${one}`, 7, () => undefined)
    await roundups.leave(one === server ? ana : ben, one)
  }
  const kept = async () => JSON.stringify(await store.get('sheets', `now-7-${server}.1`))
  expect(await kept()).toContain(ana)
  looked.clear()
  await roundups.forget(ana)
  expect(await kept()).not.toContain(ana)
  expect([...looked].filter((key) => key.startsWith('roundup-heads'))).toEqual([`roundup-heads ${server}`])
  expect(await store.members(`roundups.${ana}`)).toEqual([])
})

test.each(['unlinks', 'leaves'])(
  'who %s while a roundup is collected a second time leaves nothing in the store',
  async (how) => {
    const fixture = createRoundupsFixture()
    await fixture.opens()
    fixture.time = friday
    const { publisher } = fixture.chat
    await delivered(fixture.process(fixture.store, { ...publisher, post: () => Promise.reject(new Error('503')) }))
    // So late that it is collected once more, and somebody goes while Spotify is asked.
    fixture.time = friday + 11 * 60_000
    const { signal } = new AbortController()
    const roundups = fixture.process()
    fixture.asking = async (person) => {
      if (person !== ben) return
      await (how === 'unlinks' ? roundups.forget(ben) : roundups.leave(ben, server))
      await roundups.runRemovals(signal)
    }
    expect(await delivered(roundups)).toEqual(['posted'])
    const kept = []
    for await (const key of fixture.store.keys('roundup-parts')) kept.push(key)
    expect(kept).toEqual([`2026-W47-${server}.${ana}`])
  },
)

test('who leaves while a roundup is replaced is taken out of the message that showed it', async () => {
  const store = modelStore()
  const fixture = createRoundupsFixture(store)
  fixture.time = friday
  const [first, second] = [`now-7-a-${server}`, `now-7-b-${server}`]
  const changed: string[] = []
  const update = async ({ message }: { readonly message: string }) => {
    changed.push(message)
    return 'done' as const
  }
  const publisher = { ...fixture.chat.publisher, update, find: async () => undefined }
  let leaves: (() => Promise<unknown>) | undefined = undefined
  const crossing: Store = {
    ...store,
    async delete(kind, key) {
      const isDone = await store.delete(kind, key)
      if (kind === 'roundup-parts' && key === `${first}.${ben}`) await leaves?.()
      return isDone
    },
  }
  const roundups = fixture.process(crossing, publisher)
  for (const person of [ana, ben]) await roundups.join(person, server)
  const shown = await roundups.collect(server, first, 7, () => undefined)
  await roundups.recordMessage(shown, { channel: '1', message: 'first' })
  leaves = async () => {
    leaves = undefined
    await roundups.leave(ben, server)
    await roundups.runRemovals(new AbortController().signal)
  }
  await roundups.collect(server, second, 7, () => undefined)
  await roundups.runRemovals(new AbortController().signal)
  expect(leaves).toBeUndefined()
  expect(changed).toContain('first')
})
