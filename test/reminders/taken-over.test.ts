import { expect, test } from 'vitest'
import { consentEnds } from '../../src/accounts/links.ts'
import { createReminding, type DirectMessages } from '../../src/reminders/remind.ts'
import { createReminders } from '../../src/reminders/reminders.ts'
import { modelStore } from '../store/model.ts'
import { createConversations, linkOf, people } from './people.ts'

const minute = 60_000
const day = 24 * 60 * minute
const [ana = ''] = people
const link = linkOf('a-link', Date.UTC(2026, 4, 30))
const end = consentEnds(link)

test('sent by a process that died before it could note it: the next one finds it a day later', async () => {
  const world = await open()
  await world.process({ remind: (real, ...of) => real.remind(...of).then(() => Promise.reject(new Error('died'))) })
  expect(world.told()).toHaveLength(1)
  world.time += day
  await world.process()
  expect(world.told()).toHaveLength(1)
  expect(await world.reminders.about(ana)).toMatchObject({ ofThisConnection: { done: 1, posting: null } })
})

test('announced by a process that died before it was sent: the next one sends it', async () => {
  const world = await open()
  await world.process({ remind: () => Promise.reject(new Error('died')) })
  expect(world.told()).toEqual([])
  world.time += minute
  await world.process()
  expect(world.told()).toHaveLength(1)
})

test('sent by a process that was frozen while another one sent it: the second one is taken away', async () => {
  const world = await open()
  const thaws = Promise.withResolvers<void>()
  const frozen = world.process({
    // No lease could stop it any more.
    remind: (real, channel, reminder) =>
      thaws.promise.then(() => real.remind(channel, reminder, new AbortController().signal)),
  })
  await expect.poll(async () => (await world.reminders.about(ana)).ofThisConnection?.posting).toBeTruthy()
  world.time += 10 * minute
  await world.process()
  expect(world.told()).toHaveLength(1)
  const [first] = world.told()
  world.time += 10 * minute
  thaws.resolve()
  await frozen
  expect(world.told()).toEqual([first])
})

test('two processes look at the same moment: one of them sends it', async () => {
  const world = await open()
  await Promise.all([world.process(), world.process(), world.process()])
  expect(world.told()).toHaveLength(1)
})

test.each<[string, (world: Awaited<ReturnType<typeof open>>) => Promise<unknown>]>([
  ['renews', ({ store }) => store.set('links', ana, linkOf('another', Date.UTC(2026, 10, 20)))],
  ['unlinks', ({ store }) => store.delete('links', ana)],
  ['turns them off', ({ reminders }) => reminders.set(ana, false)],
])('nothing is sent to somebody who %s while the conversation is opened', async (_, acts) => {
  const world = await open()
  await world.process({
    open: async (real, ...of) => {
      await acts(world)
      return real.open(...of)
    },
  })
  expect(world.told()).toEqual([])
  expect((await world.store.due('reminders', world.time, 10)).length).toBe(0)
})

type Changes = {
  readonly [Name in 'open' | 'remind']?: (
    real: DirectMessages,
    ...of: Parameters<DirectMessages[Name]>
  ) => ReturnType<DirectMessages[Name]>
}

/** Ana, who shares, fourteen days before her connection ends. */
async function open() {
  const world = { time: end - 14 * day }
  const now = () => world.time
  const store = modelStore(now)
  const chat = createConversations(now)
  await store.set('links', ana, link)
  await store.schedule('reminders', ana, 0)
  const findEvenIfEnded = async (person: string) => (await store.get('links', person)) as never
  const reminders = createReminders(store, { findEvenIfEnded, consentEnds }, now)
  return Object.assign(world, {
    store,
    reminders,
    told: () => chat.told(ana),
    /** A process that looks once, who is due. */
    process(changes: Changes = {}): Promise<void> {
      const real = chat.directs()
      const { open, remind } = changes
      const directs: DirectMessages = {
        ...real,
        ...(open && { open: (...of) => open(real, ...of) }),
        ...(remind && { remind: (...of) => remind(real, ...of) }),
      }
      const describe = () => ({ ends: end, renewAt: 'https://hearsay.example/link' })
      const look = createReminding({ store, reminders, directs, describe, now, showsAnything: async () => true })
      return look(new AbortController().signal, () => undefined)
    },
  })
}
