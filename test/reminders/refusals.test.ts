import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { consentEnds } from '../../src/accounts/links.ts'
import { modelStore } from '../store/model.ts'
import { createRandom } from '../roundups/simulation/random.ts'
import { startSimulation, type Simulation } from '../roundups/simulation/simulation.ts'
import type { Store } from '../../src/store/store.ts'
import { createConversations, linkOf, people, startReplica, type Chat } from './people.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const linkedAt = Date.UTC(2026, 4, 30)
const end = consentEnds({ authorizedAt: linkedAt })
const [ana = '', ben = '', chiyo = ''] = people
const looking = /^GET .*\/messages/
const opening = /^POST .*\/users\/@me\/channels/

describe('where Discord refuses a reminder', () => {
  let simulation: Simulation
  let store: Store
  let chat: Chat
  let failures: string[]
  beforeEach(() => {
    simulation = startSimulation(createRandom(1), linkedAt)
    store = modelStore(simulation.now)
    chat = createConversations(simulation.now)
    failures = []
  })
  afterEach(() => simulation.end())

  test.each([
    ['takes no direct messages', 50_007],
    ['has no server in common with me', 50_278],
  ])('somebody who %s: that one is over after one try, and the next one is sent', async (_, code) => {
    await everybodyLinks([ana])
    chat.discord.closeDirects(ana, code)
    await simulation.leap(end - 14 * day - linkedAt)
    await simulation.pass(minute)
    expect(tries()).toBe(1)
    await simulation.leap(day)
    await simulation.pass(minute)
    expect(tries()).toBe(1)
    chat.discord.openDirects(ana)
    await simulation.leap(end - 2 * day - simulation.now())
    await simulation.pass(minute)
    expect(chat.told(ana)).toHaveLength(1)
    expect(failures).toEqual([])
  })

  test('a missing access (50001) is tried again a few times over a day, and then that one is over', async () => {
    await everybodyLinks([ana])
    chat.discord.closeDirects(ana, 50_001)
    await simulation.leap(end - 14 * day - linkedAt)
    for (let hours = 0; hours < 30; hours += 1) {
      await simulation.pass(10 * second)
      await simulation.leap(hour - 10 * second)
    }
    expect(tries()).toBe(5)
    chat.discord.openDirects(ana)
    await simulation.leap(day)
    await simulation.pass(10 * second)
    expect(chat.told(ana)).toEqual([])
    await simulation.leap(end - 2 * day - simulation.now())
    await simulation.pass(10 * second)
    expect(chat.told(ana)).toHaveLength(1)
  })

  test('a missing access that passes: it is sent the next time', async () => {
    await everybodyLinks([ana])
    chat.discord.closeDirects(ana, 50_001)
    await simulation.leap(end - 14 * day - linkedAt)
    await simulation.pass(10 * second)
    chat.discord.openDirects(ana)
    await simulation.pass(10 * second)
    expect(chat.told(ana)).toEqual([])
    await simulation.leap(hour)
    await simulation.pass(10 * second)
    expect(chat.told(ana)).toHaveLength(1)
  })

  test.each([
    ['its body is malformed (50035)', 400, 50_035],
    ['the application is in quarantine (20026)', 403, 20_026],
    ['its channel is unknown (10003)', 404, 10_003],
  ])('a refusal because %s ends nothing: it is sent once Discord takes it', async (_, status, code) => {
    await everybodyLinks([ana])
    chat.discord.failNext(/^POST .*\/messages/, status, { message: 'No', code }, 1)
    await simulation.leap(end - 14 * day - linkedAt)
    await simulation.pass(10 * second)
    expect([tries(), chat.told(ana).length]).toEqual([1, 0])
    await simulation.leap(hour)
    await simulation.pass(10 * second)
    expect(chat.told(ana)).toHaveLength(1)
  })

  test('a missing access where an announced one is looked for is tried again a few times, and then that one is over', async () => {
    await everybodyLinks([ana])
    chat.discord.failNext(/^POST .*\/messages/, 502, 'Bad gateway', 1)
    chat.discord.failNext(looking, 403, { message: 'Missing Access', code: 50_001 }, 1_000)
    await simulation.leap(end - 14 * day - linkedAt)
    for (let hours = 0; hours < 40; hours += 1) {
      await simulation.pass(10 * second)
      await simulation.leap(hour - 10 * second)
    }
    expect(chat.discord.requests.filter(({ path, method }) => looking.test(`${method} ${path}`))).toHaveLength(5)
    await simulation.leap(end - 2 * day - simulation.now())
    await simulation.pass(10 * second)
    expect(chat.told(ana)).toHaveLength(1)
  })

  test('who shares nothing on the first of these days, and does so an hour later, is told within the day', async () => {
    await everybodyLinks([ana, ben])
    for (const person of [ana, ben]) await store.remove(`sharing.${person}`, 'a server')
    await simulation.leap(end - 14 * day - linkedAt)
    await simulation.pass(10 * second)
    await store.add(`sharing.${ana}`, 'a server')
    await simulation.leap(7 * hour)
    await simulation.pass(10 * second)
    expect([chat.told(ana).length, chat.told(ben).length]).toEqual([1, 0])
    await simulation.leap(end - simulation.now())
    await simulation.pass(minute)
    expect(chat.told(ben)).toEqual([])
    expect(await store.due('reminders', end, 10)).toEqual([])
  })

  test('too many conversations (40003): nobody is tried for a minute, then for two, and all of them get theirs', async () => {
    await everybodyLinks([ana, ben, chiyo])
    chat.discord.failNext(opening, 400, { message: 'Too fast', code: 40_003 }, 2)
    await simulation.leap(end - 14 * day - linkedAt)
    await simulation.pass(50 * second)
    expect(openings()).toBe(1)
    await simulation.pass(70 * second)
    expect(openings()).toBe(2)
    await simulation.pass(60 * second)
    expect(openings()).toBe(2)
    await simulation.pass(5 * minute)
    for (const person of [ana, ben, chiyo]) expect(chat.told(person)).toHaveLength(1)
  })

  test('a failure that may pass (502) is tried again by itself', async () => {
    await everybodyLinks([ana])
    chat.discord.failNext(/^POST .*\/messages/, 502, 'Bad gateway', 1)
    await simulation.leap(end - 14 * day - linkedAt)
    await simulation.pass(2 * minute)
    expect(chat.told(ana)).toHaveLength(1)
    expect(failures).toHaveLength(1)
  })

  test('at most five conversations are begun within a minute, and all people get theirs', async () => {
    const all = chat.discord.people.map(({ id }) => id)
    await everybodyLinks(all)
    await simulation.leap(end - 14 * day - linkedAt)
    await simulation.pass(50 * second)
    expect(openings()).toBe(Math.min(all.length, 5))
    await simulation.pass(Math.ceil(all.length / 5) * minute)
    for (const person of all) expect(chat.told(person)).toHaveLength(1)
  })

  test.each([
    ['eleven days late, and the second one in time', 3 * day + hour, 1, 2],
    ['not when it is too late for the first one', 3 * day - hour, 0, 1],
    ['the second one an hour before the end', hour, 1, 1],
    ['nothing once it has ended', -hour, 0, 0],
  ])('a bot that was off sends %s', async (_, left, atOnce, inAll) => {
    await everybodyLinks([ana])
    await simulation.leap(end - left - linkedAt)
    await simulation.pass(minute)
    expect(chat.told(ana)).toHaveLength(atOnce)
    await simulation.leap(Math.max(end - 2 * day - simulation.now(), 0))
    await simulation.pass(minute)
    expect(chat.told(ana)).toHaveLength(inAll)
    expect(await store.due('reminders', end, 10)).toEqual([])
  })

  async function everybodyLinks(all: readonly string[]): Promise<void> {
    const replica = startReplica(simulation, { store, chat }, (error) => failures.push(String(error)))
    for (const person of all) {
      await store.add(`sharing.${person}`, 'a server')
      void replica.renew(person, linkOf(`link-of-${person}`, linkedAt))
    }
    await simulation.pass(10 * second)
  }

  /** How often Discord was asked to take a message or to open a conversation that it refused. */
  function tries(): number {
    return chat.discord.requests.filter(({ path, method }) => method === 'POST' && path.endsWith('/messages')).length
  }

  function openings(): number {
    return chat.discord.requests.filter(({ path, method }) => opening.test(`${method} ${path}`)).length
  }
})
