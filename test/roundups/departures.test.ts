import { describe, expect, test } from 'vitest'
import { songOf } from '../library/list-fixture.ts'
import { ana, ben, createRoundupsFixture, delivered, friday, hour, server } from './roundups-fixture.ts'

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
