import { describe, expect, test } from 'vitest'
import { createMembership } from '../../src/access.ts'
import { songOf } from '../library/list-fixture.ts'
import { stopTime } from '../world/stopped-time.ts'
import { ana, ben, createRoundupsFixture, delivered, friday, fridays, hour, server } from './roundups-fixture.ts'

const { signal } = new AbortController()
const minute = 60_000
const large = Array.from({ length: 60 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))

describe('who has left the server', () => {
  test('in a small one members with songs are asked about when the roundup is collected, and nobody else', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.songs.set(ben, [])
    await roundups.lookAhead(signal)
    fixture.time = friday
    fixture.departed.add(ana)
    await delivered(roundups)
    expect(fixture.askedAbout).toEqual([[ana]])
    expect(JSON.stringify(fixture.chat.posts)).not.toContain(ana)
    expect(await roundups.takesPart(ana, server)).toBe(false)
    expect(await roundups.takesPart(ben, server)).toBe(true)
  })

  test('of those who could not be asked for songs, and would be named, it asks as well', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.songs.set(ana, new Error('Spotify is away'))
    fixture.departed.add(ana)
    const page = await roundups.collect(server, 'now-a', 7, () => undefined)
    expect(page).toMatchObject({ missing: [], missed: 0, members: 1 })
  })

  test('in a large one everybody is asked about in the half hour before, by one process, and nobody at its time', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens(large)
    const [gone = ''] = large
    for (const person of large) fixture.songs.set(person, [songOf(1, { addedAt: friday - hour })])
    fixture.time = friday - 31 * minute
    await roundups.lookAhead(signal)
    expect(fixture.askedAbout).toEqual([])
    fixture.time = friday - 29 * minute
    fixture.departed.add(gone)
    await Promise.all([roundups.lookAhead(signal), fixture.process().lookAhead(signal)])
    await roundups.lookAhead(signal)
    expect(fixture.askedAbout).toEqual([expect.arrayContaining(large)])
    fixture.time = friday
    await delivered(roundups)
    expect(fixture.askedAbout).toHaveLength(1)
    expect(JSON.stringify(fixture.chat.posts)).not.toContain(gone)
  })

  test('of whom Discord has said nothing before, it asks again at its time', async () => {
    const fixture = createRoundupsFixture()
    const [gone = '', ...others] = large
    const says = new Map<string, boolean>(others.map((person) => [person, true]))
    const asked: string[] = []
    const isMember = async (_server: string, person: string) => {
      asked.push(person)
      return says.get(person)
    }
    const membership = createMembership(
      { isMember },
      (person, of) => roundups.leave(person, of),
      () => fixture.time,
    )
    const roundups = fixture.process(fixture.store, fixture.chat.publisher, membership)
    for (const person of large) await roundups.join(person, server)
    await roundups.setUp(server, fridays, ana)
    const time = stopTime()
    const passing = async <Value>(work: Promise<Value>): Promise<Value> => {
      const ended = work.then(() => true)
      while (!(await Promise.race([ended, time.pass(500)])));
      return work
    }
    fixture.time = friday - 20 * minute
    await passing(roundups.lookAhead(signal))
    says.set(gone, false)
    fixture.time = friday
    await passing(delivered(roundups))
    expect(asked.toSorted()).toEqual([...large, gone].toSorted())
    expect(JSON.stringify(fixture.chat.posts)).not.toContain(gone)
    expect(JSON.stringify(fixture.chat.posts)).toContain(others[0])
    expect(await roundups.takesPart(gone, server)).toBe(false)
  })

  test('where the asking was cut off, they are asked about at its time', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens(large)
    fixture.time = friday - 10 * minute
    const dying = fixture.process({ ...fixture.store, set: async () => Promise.reject(new Error('It has died')) })
    await expect(dying.lookAhead(signal)).rejects.toThrow('It has died')
    fixture.time = friday
    await delivered(roundups)
    expect(fixture.askedAbout).toHaveLength(2)
  })

  test('`/roundup now` in a large one asks about them once in half an hour', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens(large)
    for (const passed of [0, 29, 31]) {
      fixture.time = friday + passed * minute
      await roundups.collect(server, `now-${passed}`, 7, () => undefined)
    }
    expect(fixture.askedAbout).toHaveLength(2)
  })

  test('a paused roundup has nobody asked about', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens(large)
    await roundups.pause(server)
    fixture.time = friday - 10 * minute
    await roundups.lookAhead(signal)
    expect(fixture.askedAbout).toEqual([])
  })
})
