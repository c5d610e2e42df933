import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import type { ComponentInteraction } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { TooManySchedulesError } from '../../src/roundups/schedule.ts'
import type { Schedule } from '../../src/roundups/roundups.ts'
import type { Versioned } from '../../src/store/store.ts'
import { decodeScheduleId, encodeCancelId, encodeScheduleId, markOf } from '../../src/views/schedule-id.ts'
import { actOnSchedule, pressedSchedule, scheduleAnswer } from '../../src/views/schedule-messages.ts'
import { roundupStatus } from '../../src/views/roundup-status.ts'
import { songOf } from '../library/list-fixture.ts'
import { inEveryOrder } from '../store/every-order.ts'
import { createLanguages } from '../../src/i18n.ts'
import { english } from '../world/english.ts'
import {
  ana,
  ben,
  channel,
  createRoundupsFixture,
  day,
  delivered,
  friday,
  fridays,
  hour,
  server,
} from './roundups-fixture.ts'

const others = Array.from({ length: 6 }, (_, index) => String(500_000_000_000_000_000n + BigInt(index)))
const inChannel = (index: number) => ({ ...fridays, channel: others[index] ?? '' })

test('each channel has one schedule, and a server five of them', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([])
  for (const index of [0, 1, 2, 3]) await roundups.setUp(server, inChannel(index), ben)
  await expect(roundups.setUp(server, inChannel(4), ben)).rejects.toThrow(TooManySchedulesError)
  const changed = await roundups.setUp(server, { ...inChannel(3), every: 'month' }, ana)
  expect(changed).toMatchObject({ every: 'month', setBy: ana })
  expect((await roundups.schedules(server)).map((one) => one.channel)).toEqual([channel, ...others.slice(0, 4)])
  expect((await roundups.about(ben)).setUp).toEqual(others.slice(0, 3).map((one) => `${server}.${one}`))

  await roundups.deleteSchedule(server, others[0] ?? '')
  await roundups.setUp(server, inChannel(4), ben)
  expect(await roundups.schedules(server)).toHaveLength(5)
  expect((await roundups.about(ben)).setUp).not.toContain(`${server}.${others[0]}`)
})

test('of two managers who set one up at the same moment, nobody goes beyond five', async () => {
  await inEveryOrder(
    async () => {
      const fixture = createRoundupsFixture()
      const roundups = await fixture.opens([])
      for (const index of [0, 1, 2]) await roundups.setUp(server, inChannel(index), ana)
      const setsUp = (index: number) => (store: typeof fixture.store) =>
        fixture.process(store).setUp(server, inChannel(index), ben)
      return { world: roundups, store: fixture.store, operations: [setsUp(4), setsUp(5)] }
    },
    async (roundups, order) => {
      expect((await roundups.schedules(server)).length, order).toBeLessThanOrEqual(5)
    },
    { most: 60 },
  )
})

test('of two more at the same moment both are listed', async () => {
  await inEveryOrder(
    async () => {
      const fixture = createRoundupsFixture()
      await fixture.opens([])
      const setsUp = (index: number) => (store: typeof fixture.store) =>
        fixture.process(store).setUp(server, inChannel(index), ben)
      return { world: fixture, store: fixture.store, operations: [setsUp(0), setsUp(1)] }
    },
    async (fixture, order) => {
      const named = (await fixture.process().schedules(server)).map((one) => one.channel)
      expect(named, order).toEqual([channel, ...others.slice(0, 2)])
    },
    { most: 300 },
  )
})

test('one that is there is listed after a day at most, though a process has died that took it off the list', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([])
  await roundups.setUp(server, inChannel(0), ben)
  await fixture.store.remove(`scheduled.${server}`, others[0] ?? '')
  expect(await roundups.schedules(server)).toHaveLength(1)
  fixture.time += day
  await delivered(roundups)
  expect(await roundups.schedules(server)).toHaveLength(2)
})

test('the first two of a server at the same moment both stay', async () => {
  await inEveryOrder(
    async () => {
      const fixture = createRoundupsFixture()
      const setsUp = (index: number) => (store: typeof fixture.store) =>
        fixture.process(store).setUp(server, inChannel(index), ben)
      return { world: fixture, store: fixture.store, operations: [setsUp(0), setsUp(1)] }
    },
    async (fixture, order) => {
      const found = (await fixture.process().schedules(server)).map((one) => one.channel)
      expect(found.toSorted(), order).toEqual(others.slice(0, 2))
      const keys = await fixture.store.due('roundups', Infinity, 10)
      expect(keys.length, order).toBe(2)
    },
    { most: 60 },
  )
})

test('pausing and resuming name a channel where there are several', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([])
  expect(await roundups.pause(server)).toMatchObject({ paused: 'by somebody' })
  expect(await roundups.resume(server)).toMatchObject({ paused: null })
  await roundups.setUp(server, inChannel(0), ana)
  expect(await roundups.pause(server)).toBeUndefined()
  expect(await roundups.pause(server, others[1])).toBeUndefined()
  expect(await roundups.pause(server, others[0])).toMatchObject({ channel: others[0], paused: 'by somebody' })
  expect((await roundups.schedules(server)).map(({ paused }) => paused)).toEqual([null, 'by somebody'])
})

test('one that is deleted posts nothing, and set up again in the same week it repeats nothing', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  fixture.time = friday
  await delivered(roundups)
  await roundups.deleteSchedule(server, channel)
  expect(await roundups.schedules(server)).toEqual([])
  expect(await fixture.store.due('roundups', fixture.time + day - 1, 10)).toEqual([])
  expect(await fixture.store.members(`schedules.${ana}`)).toEqual([])
  await roundups.setUp(server, { ...fridays, weekday: 6 }, ana)
  fixture.time = friday + day
  expect(await delivered(roundups)).toEqual([])
  fixture.time = friday + 8 * day
  expect(await delivered(roundups)).toEqual(['posted'])
  expect(fixture.chat.posts.map(({ page }) => [page.from, page.until])).toEqual([
    [friday - 7 * day, friday],
    [friday, friday + 8 * day],
  ])
  expect(fixture.chat.removed).toEqual([])
})

test('schedules that are deleted before they have posted leave nothing, however many they are', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([])
  for (const one of others) {
    await roundups.setUp(server, { ...fridays, channel: one }, ben)
    expect(await roundups.deleteSchedule(server, one)).toMatchObject({ paused: 'deleted' })
  }
  const keys = []
  for await (const key of fixture.store.keys('roundups')) keys.push(key)
  expect([keys, await fixture.store.members(`scheduled.${server}`)]).toEqual([[server], []])
  expect((await roundups.about(ben)).setUp).toEqual([])
  // The daily look takes them out of the index.
  fixture.time += day
  await delivered(roundups)
  expect(await fixture.store.due('roundups', Infinity, 1_000)).toEqual([server])
})

test('a roundup that 0.1.0 has posted goes on from there, whatever it becomes', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  fixture.time = friday
  await delivered(roundups)
  const {
    every: _,
    hideExplicit: __,
    coveredUntil: ___,
    ...old
  } = (await fixture.store.get('roundups', server)) as Versioned
  await fixture.store.set('roundups', server, old)
  fixture.time = friday + hour
  const changed = await roundups.setUp(server, { ...fridays, every: 'month' }, ana)
  expect(changed.dueAt).toBe(Date.UTC(2026, 11, 4, 17))
  fixture.time = changed.dueAt
  expect(await delivered(roundups)).toEqual(['posted'])
  expect(fixture.chat.posts.at(-1)).toMatchObject({
    page: { id: `2026-12-${server}`, from: friday, until: changed.dueAt },
  })
})

test('after a channel that was closed for a week, the next post shows both weeks', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  fixture.time = friday
  await delivered(roundups)
  fixture.chat.closed.add(channel)
  fixture.time = friday + 7 * day
  expect(await delivered(roundups)).toEqual(['closed'])
  fixture.chat.closed.clear()
  fixture.time = friday + 14 * day
  expect(await delivered(roundups)).toEqual(['posted'])
  expect(fixture.chat.posts.at(-1)).toMatchObject({ page: { from: friday, until: fixture.time } })
})

test.each([
  { which: 'a new schedule', hasPosted: false },
  { which: 'a schedule of 0.1.0', hasPosted: true },
])('what the first period of $which failed to show is in the next post', async ({ hasPosted }) => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  const first = hasPosted ? friday + 7 * day : friday
  if (hasPosted) {
    fixture.time = friday
    await delivered(roundups)
    const {
      coveredUntil: _,
      postedOther: __,
      ...old
    } = (await fixture.store.get('roundups', server)) as Versioned & Schedule
    await fixture.store.set('roundups', server, old)
  }
  fixture.chat.closed.add(channel)
  fixture.time = first
  expect(await delivered(roundups)).toEqual(['closed'])
  fixture.chat.closed.clear()
  fixture.time = first + 7 * day
  expect(await delivered(roundups)).toEqual(['posted'])
  expect(fixture.chat.posts.at(-1)).toMatchObject({ page: { from: first - 7 * day, until: fixture.time } })
})

test('a first post that is due when it becomes monthly shows no month from before', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  fixture.time = friday + 1_000
  const changed = await roundups.setUp(server, { ...fridays, every: 'month' }, ana)
  expect(changed.dueAt).toBe(Date.UTC(2026, 11, 4, 17))
  expect(await delivered(roundups)).toEqual([])
  fixture.time = changed.dueAt
  expect(await delivered(roundups)).toEqual(['posted'])
})

test('a post that nobody has noted counts as shown for the next one, also of another kind', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  fixture.time = friday
  const { publisher } = fixture.chat
  const post: typeof publisher.post = (...of) =>
    publisher.post(...of).then(() => Promise.reject(new Error('It has died')))
  await delivered(fixture.process(fixture.store, { ...publisher, post }))
  fixture.time = friday + hour
  await roundups.setUp(server, { ...fridays, every: 'month' }, ana)
  for (fixture.time = Date.UTC(2026, 11, 4, 17); (await roundups.schedule(server))?.posted !== '2026-12';)
    await delivered(fixture.process())
  expect(fixture.chat.posts.map(({ page }) => page.from)).toEqual([friday - 7 * day, friday])
})

test('explicit songs are left out for as long as that is chosen', async () => {
  const fixture = createRoundupsFixture()
  fixture.songs.set(ana, [
    songOf(1, { addedAt: friday - hour, explicit: true }),
    songOf(2, { addedAt: friday - 2 * hour }),
  ])
  const roundups = await fixture.opens([ana], { hideExplicit: true })
  fixture.time = friday
  await delivered(roundups)
  expect(fixture.chat.posts.map(({ page }) => page.rows.length)).toEqual([1])
  await roundups.setUp(server, fridays, ana)
  fixture.songs.set(ana, [songOf(3, { addedAt: friday + hour, explicit: true })])
  fixture.time = friday + 7 * day
  await delivered(roundups)
  expect(fixture.chat.posts.map(({ page }) => page.rows.length)).toEqual([1, 1])
})

test.each([true, false])(
  'explicit songs are left out: %s, also where that is chosen while a post is tried again',
  async (hideExplicit) => {
    const fixture = createRoundupsFixture()
    fixture.songs.set(ana, [
      songOf(1, { addedAt: friday - hour, explicit: true }),
      songOf(2, { addedAt: friday - 2 * hour }),
    ])
    const roundups = await fixture.opens([ana], { hideExplicit: !hideExplicit })
    fixture.time = friday
    const { publisher } = fixture.chat
    await delivered(fixture.process(fixture.store, { ...publisher, post: async () => 'turned away' }))
    await roundups.setUp(server, { ...fridays, hideExplicit }, ana)
    fixture.time += 35_000
    expect(await delivered(fixture.process())).toEqual(['posted'])
    expect(fixture.chat.posts.map(({ page }) => page.rows.length)).toEqual([hideExplicit ? 1 : 2])
  },
)

test.each([
  { who: 'Ana, who had set it up', isLinked: true, told: ana },
  { who: 'Ben, who cancels, where Ana has unlinked', isLinked: false, told: ben },
])('Cancel brings back why a schedule is paused, and $who', async ({ isLinked, told }) => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  fixture.chat.closed.add(channel)
  for (const week of [0, 1, 2]) {
    fixture.time = friday + week * 7 * day
    await delivered(roundups)
  }
  const before = (await roundups.schedules(server))[0]
  const made = await roundups.setUp(server, { ...fridays, hour: 9 }, ben)
  const get = async () => (isLinked ? undefined : Promise.reject(new NotLinkedError()))
  const app = { roundups, accounts: { get } } as unknown as App
  const pressed = {
    ...{ customId: encodeCancelId(made, before), user: { id: ben }, memberPermissions: { has: () => true } },
  } as unknown as ComponentInteraction
  await pressedSchedule(pressed, app, server, english)
  const { version: _, dueAt: __, coveredUntil: ___, ...earlier } = before ?? made
  expect((await roundups.schedules(server))[0]).toMatchObject({ ...earlier, setBy: told })
  expect((await roundups.about(told)).setUp).toEqual([server])
})

test('what Cancel brings back fits into its button, whatever it is', () => {
  const schedule = fc.record({
    channel: fc.constant('12345678901234567890'),
    every: fc.constantFrom('week', 'month'),
    weekday: fc.integer({ min: 0, max: 6 }),
    hour: fc.integer({ min: 0, max: 23 }),
    timezone: fc.constantFrom('America/Argentina/ComodRivadavia', ...Intl.supportedValuesOf('timeZone')),
    skipEmpty: fc.boolean(),
    hideExplicit: fc.boolean(),
    ...{ paused: fc.constantFrom(null, 'by somebody', 'channel closed'), failed: fc.constantFrom('closed', 'refused') },
    setBy: fc.constantFrom(null, '12345678901234567890', '99999999999999999999', ben),
  }) as unknown as fc.Arbitrary<Schedule>
  fc.assert(
    fc.property(schedule, fc.option(schedule, { nil: undefined }), (made, before) => {
      const id = encodeCancelId(made, before)
      expect(id.length).toBeLessThanOrEqual(100)
      const { paused, failed, setBy, ...settings } = before ?? made
      const state = paused === 'channel closed' ? { paused, failed, closed: 3 } : { paused }
      const earlier = before && { settings, setBy, state }
      expect(decodeScheduleId(id)).toEqual({
        action: 'cancel',
        channel: made.channel,
        mark: markOf(made),
        before: earlier,
      })
    }),
  )
  expect(decodeScheduleId(encodeScheduleId('pause', channel))).toMatchObject({ action: 'pause', channel })
})

test.each([
  'roundup:1:cancel:402218760019345408',
  'roundup:1:pause:402218760019345408:abcdef:',
  'roundup:1:cancel:402218760019345408:abcdef:w5i00rMars/Olympus',
  'roundup:1:cancel:402218760019345408:abcdef:w9i00rUTC',
  'roundup:1:delete:12',
])('%s is no button of ours', (id) => {
  expect(decodeScheduleId(id)).toBeUndefined()
})

test('the status of five schedules and a thousand members fits into a message, with names of some', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([])
  const longest = { every: 'month', weekday: 3, timezone: 'America/Argentina/ComodRivadavia', skipEmpty: true } as const
  for (const one of others.slice(0, 4))
    await roundups.setUp(server, { ...fridays, ...longest, channel: one, hideExplicit: true }, ana)
  const schedules = (await roundups.schedules(server)).map((one) => ({ ...one, failed: 'closed' as const }))
  const people = Array.from({ length: 1_000 }, (_, index) => String(3_000_000_000_000_000_000n + BigInt(index)))
  const said = roundupStatus({ schedules, people, isIn: false, showsAll: false }, english)
  expect(said.length).toBeLessThanOrEqual(2000)
  for (const { channel: one } of schedules) expect(said).toContain(`<#${one}>`)
  expect(said).toMatch(
    /1,000 members are in the roundups\. You have not joined[^]*<@3000000000000000009>[^]*and 9[89]0 more$/,
  )
})

test('a preview has its buttons once it is there: pressed while it is collected they would come back', async () => {
  const fixture = createRoundupsFixture()
  const roundups = fixture.process()
  await roundups.join(ana, server)
  const held = Promise.withResolvers<void>()
  const collect: typeof roundups.collect = async (...of) => held.promise.then(() => roundups.collect(...of))
  const app = { languages: createLanguages(), roundups: { ...roundups, collect } } as unknown as App
  const collecting = await scheduleAnswer(
    app,
    ana,
    server,
    { chosen: fridays, hint: undefined, locale: 'en-US' },
    english,
  )
  expect(collecting).toMatchObject({ content: expect.stringContaining('Looking up') as unknown, components: [] })
  held.resolve()
  const shown = 'continueWith' in collecting && (await collecting.continueWith?.())
  expect(JSON.stringify(shown).match(/Looks good|Cancel/g)).toEqual(['Looks good', 'Cancel'])
})

test('of six that two managers and a process that has died have left, each can be chosen', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([])
  const [first] = await roundups.schedules(server)
  const six = others.map((one) => ({ ...(first as Schedule), channel: one }))
  const app = { languages: createLanguages(), roundups: { ...roundups, schedules: async () => six } } as unknown as App
  const { components = [] } = await actOnSchedule(app, server, 'pause', undefined, english)
  expect(components.map((one) => (one as { components: unknown[] }).components.length)).toEqual([5, 1])
})

test('who adds a second schedule is told where else roundups are posted, and who changes one is not', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([])
  const app = { languages: createLanguages(), roundups } as unknown as App
  const sets = async (index: number) =>
    JSON.stringify(
      await scheduleAnswer(app, ana, server, { chosen: inChannel(index), hint: undefined, locale: 'en-US' }, english),
    )
  expect(await sets(0)).toContain(`also posted in <#${channel}>`)
  expect(await sets(0)).not.toContain('also posted')
  await roundups.pause(server, channel)
  const third = await sets(1)
  expect(third).toContain(`also posted in <#${others[0]}>`)
  expect(third).not.toContain(channel)
})
