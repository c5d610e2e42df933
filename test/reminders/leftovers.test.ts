import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consentEnds } from '../../src/accounts/links.ts'
import { createReminders } from '../../src/reminders/reminders.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { buttonsOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'
import { linkOf, people } from './people.ts'

const [ana = ''] = people

test('once a connection is gone, so is what was noted of its reminders, as soon as somebody is due', async () => {
  const store = modelStore()
  const link = linkOf('a-link', Date.now())
  const findEvenIfEnded = async (person: string) => (await store.get('links', person)) as never
  const reminders = createReminders(store, { findEvenIfEnded, consentEnds })
  await store.set('links', ana, link)
  await reminders.change(ana, link, () => ({ done: 1, message: '1' }))
  await reminders.settle(ana)
  expect(await reminders.about(ana)).toMatchObject({ ofThisConnection: { done: 1 } })
  await store.delete('links', ana)
  await reminders.settle(ana)
  expect(await reminders.about(ana)).toEqual({ directMessages: 'on', ofThisConnection: null })
  expect(await store.due('reminders', Number.MAX_SAFE_INTEGER, 10)).toEqual([])
})

describe.skipIf(withoutRedis())('Ben is not linked any more', () => {
  let redis: RedisServer
  let world: World
  let ben: Player
  let store: Store
  beforeAll(async () => {
    redis = await startRedis()
    world = await startWorld({ REDIS_URL: redis.url })
    ben = world.person('ben')
    store = await openStore({ redisUrl: redis.url })
  })
  afterAll(async () => {
    await store.close()
    await world.stop()
    await redis.stop()
  })

  test.each([
    ['reminded', { version: 1, link: 'a-link', done: 2, posting: null, tries: 0, notBefore: 0, message: 'a-message' }],
    [
      'ended',
      { version: 1, named: [{ server: '197038439483310086', id: '2026-W47-197038439483310086', until: null }] },
    ],
  ])('something is kept under "%s": export shows it, and unlink deletes it', async (kind, record) => {
    await store.set(kind, ben.id, record)
    const exported = messageOf(await ben.uses('account export')).attachments[0]?.text
    expect(exported).toMatch(/a-message|2026-W47-/)
    const question = messageOf(await ben.uses('unlink'))
    expect(buttonsOf(question).map(({ label }) => label)).toEqual(['Unlink'])
    await ben.presses(question, 'Unlink')
    expect(await store.get(kind, ben.id)).toBeUndefined()
    expect(messageOf(await ben.uses('unlink')).content).toMatch(/nothing to delete/)
  })
})
