import { expect, test, vi } from 'vitest'
import type { Publisher } from '../../src/roundups/roundups.ts'
import type { Versioned } from '../../src/store/store.ts'
import { scheduleStatus } from '../../src/views/roundup-settings.ts'
import { ana, channel, createRoundupsFixture, day, delivered, friday, fridays, server } from './roundups-fixture.ts'
import { english } from '../world/english.ts'

const week = 7 * day

test('SC-162 a channel that is closed for three weeks ends the roundup, and Ana, who set it up, is told once', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens()
  fixture.chat.closed.add(channel)
  for (const weeks of [0, 1, 2, 3, 4]) {
    fixture.time = friday + weeks * week
    expect(await delivered(roundups)).toEqual(weeks < 3 ? ['closed'] : [])
    expect(fixture.chat.notified).toHaveLength(weeks < 2 ? 0 : 1)
  }
  expect(fixture.chat.notified).toEqual([{ person: ana, channel }])
  expect((await roundups.schedule(server))?.paused).toBe('channel closed')
})

test('a channel that opens again in between begins to count anew, and a silent week does not count', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([], { skipEmpty: false })
  const closedFor = async (weeks: number): Promise<number | undefined> => {
    fixture.time = friday + weeks * week
    await delivered(roundups)
    return (await roundups.schedule(server))?.closed
  }
  fixture.chat.closed.add(channel)
  expect(await closedFor(0)).toBe(1)
  expect(await closedFor(1)).toBe(2)
  await roundups.setUp(server, { ...fridays, skipEmpty: true }, ana)
  expect(await closedFor(2)).toBe(0)
  await roundups.setUp(server, fridays, ana)
  expect(await closedFor(3)).toBe(1)
  fixture.chat.closed.clear()
  expect(await closedFor(4)).toBe(0)
})

/** At the time of the third one. */
async function closedForTwoWeeks() {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  fixture.chat.closed.add(channel)
  for (const weeks of [0, 1]) {
    fixture.time = friday + weeks * week
    await delivered(fixture.process())
  }
  fixture.time = friday + 2 * week
  return fixture
}

test('whoever dies between telling Ana and noting it does not have her told twice', async () => {
  const fixture = await closedForTwoWeeks()
  const { compareAndSet } = fixture.store
  const dies: typeof compareAndSet = (kind, ...of) =>
    kind === 'roundups' ? Promise.reject(new Error('It has died')) : compareAndSet(kind, ...of)
  const store = { ...fixture.store, compareAndSet: dies }
  await delivered(fixture.process(store))
  expect(fixture.chat.notified).toHaveLength(1)
  fixture.time += 31_000
  expect(await delivered(fixture.process())).toEqual(['closed'])
  expect(fixture.chat.notified).toHaveLength(1)
})

test('who sets it up anew brings it back, from the next week on', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens()
  fixture.chat.closed.add(channel)
  for (const weeks of [0, 1, 2]) {
    fixture.time = friday + weeks * week
    await delivered(roundups)
  }
  const again = await roundups.setUp(server, fridays, ana)
  expect(again).toMatchObject({ paused: null, closed: 0, dueAt: friday + 3 * week })
})

test('what 0.1.0 announced in a channel that is closed by now is posted in the one that was chosen since', async () => {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  fixture.time = friday
  const publisher = { ...fixture.chat.publisher, post: () => Promise.reject(new Error('It has died')) }
  await delivered(fixture.process(fixture.store, publisher))
  fixture.chat.closed.add(channel)
  const row = (await fixture.store.get('roundups', server)) as Versioned
  await fixture.store.set('roundups', server, { ...row, channel: '197038439483310087' })
  fixture.time += 31_000
  expect(await delivered(fixture.process())).toEqual(['posted'])
  expect(fixture.chat.posts).toMatchObject([{ channel: '197038439483310087' }])
})

test('a post that Discord refuses is tried once a week; Ana is told each time, and the third one pauses it', async () => {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  let tries = 0
  const post: Publisher['post'] = async () => {
    tries += 1
    return 'refused'
  }
  const roundups = fixture.process(fixture.store, { ...fixture.chat.publisher, post })
  for (const weeks of [0, 1, 2, 3]) {
    fixture.time = friday + weeks * week
    expect(await delivered(roundups)).toEqual(weeks < 3 ? ['refused'] : [])
  }
  expect(tries).toBe(3)
  const refused = expect.stringContaining("didn't accept")
  const why = /paused.*three times in a row it couldn't be posted.*Discord didn't accept it/
  const status = scheduleStatus((await roundups.schedule(server)) ?? expect.unreachable(), english)
  expect(fixture.chat.told).toEqual([refused, refused, expect.stringMatching(why)])
  expect(status).toMatch(why)
  expect([...fixture.chat.told, status].join()).not.toContain('hannel')
  expect(await roundups.schedule(server)).toMatchObject({ paused: 'channel closed', failed: 'refused' })
})

test('what fails for another reason is tried ever less often, once an hour in the end', async () => {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  let tries = 0
  const post: Publisher['post'] = () => {
    tries += 1
    return Promise.reject(new Error('Discord is away'))
  }
  const roundups = fixture.process(fixture.store, { ...fixture.chat.publisher, post })
  fixture.time = friday
  using _clock = vi.spyOn(performance, 'now').mockImplementation(() => fixture.time)
  for (let passed = 0; passed < day; passed += 10_000) {
    await delivered(roundups)
    fixture.time += 10_000
  }
  expect(tries).toBeGreaterThan(24)
  expect(tries).toBeLessThan(36)
})

test('a post that something in between turns away is tried three times, by whatever process, and ends that week', async () => {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  let tries = 0
  const post: Publisher['post'] = async () => {
    tries += 1
    return 'turned away'
  }
  const outcomes: unknown[] = []
  fixture.time = friday
  for (let hours = 0; hours < 24; hours += 1) {
    outcomes.push(...(await delivered(fixture.process(fixture.store, { ...fixture.chat.publisher, post }))))
    fixture.time += 3_600_000
  }
  expect(tries).toBe(3)
  expect(outcomes).toEqual([expect.any(Error), expect.any(Error), 'refused'])
  expect(fixture.chat.told).toEqual([expect.stringContaining("didn't accept")])
  fixture.time = friday + week
  expect(await delivered(fixture.process())).toEqual(['posted'])
})

test('what stood in between for two tries only does not keep the post from its channel', async () => {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  const answers = ['turned away', 'turned away'] as const
  fixture.time = friday
  for (const answer of answers) {
    await delivered(fixture.process(fixture.store, { ...fixture.chat.publisher, post: async () => answer }))
    fixture.time += 31_000
  }
  expect(await delivered(fixture.process())).toEqual(['posted'])
})

test('who is told of a refusal is promised nothing that a change of the schedule has undone', async () => {
  const fixture = createRoundupsFixture()
  await fixture.opens()
  const roundups = fixture.process(fixture.store, {
    ...fixture.chat.publisher,
    async post() {
      await roundups.pause(server)
      return 'refused'
    },
  })
  fixture.time = friday
  await delivered(roundups)
  expect(fixture.chat.told).toEqual([expect.stringContaining('`/roundup status` when the next one comes')])
  expect(fixture.chat.told.join()).not.toContain('next week')
})

test('a third closed week ends nothing where somebody has set it up anew meanwhile', async () => {
  const fixture = await closedForTwoWeeks()
  const roundups = fixture.process(fixture.store, {
    ...fixture.chat.publisher,
    async newest() {
      await roundups.setUp(server, fridays, ana)
      return 'closed'
    },
  })
  await delivered(roundups)
  expect(fixture.chat.told).toEqual([])
  expect(await roundups.schedule(server)).toMatchObject({ paused: null })
})
