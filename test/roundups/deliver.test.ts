import { describe, expect, test } from 'vitest'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { RateLimitedError, SpotifyDownError } from '../../src/spotify/errors.ts'
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

describe('a weekly roundup', () => {
  test('comes at its time, not before, and once', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.time = friday - 1
    expect(await delivered(roundups)).toEqual([])
    fixture.time = friday
    expect(await delivered(roundups)).toEqual(['posted'])
    expect(await delivered(roundups)).toEqual([])
    expect(fixture.chat.posts).toMatchObject([{ channel, page: { id: `2026-W47-${server}`, late: null, members: 2 } }])
    expect(await roundups.schedule(server)).toMatchObject({
      posted: '2026-W47',
      dueAt: friday + 7 * day,
      posting: null,
    })
  })

  test.each([
    ['an hour', hour],
    ['3 days', 3 * day],
    ['40 days', 40 * day],
  ])('SC-158 after %s of downtime there is one late post, which says so, and no backlog', async (_, downtime) => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.time = friday + downtime
    expect(await delivered(roundups)).toEqual(['posted'])
    expect(await delivered(roundups)).toEqual([])
    const due = friday + Math.floor(downtime / (7 * day)) * 7 * day
    expect(fixture.chat.posts.map(({ page }) => page.late)).toEqual([due])
    expect((await roundups.schedule(server))?.dueAt).toBe(due + 7 * day)
  })

  test('SC-160 a timezone that is changed an hour before moves it; it still comes once that week', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.time = friday - hour
    await roundups.setUp(server, { ...fridays, timezone: 'America/New_York' }, ana)
    fixture.time = friday + hour
    expect(await delivered(roundups)).toEqual([])
    fixture.time = friday + 6 * hour
    expect(await delivered(roundups)).toEqual(['posted'])
    expect(fixture.chat.posts).toHaveLength(1)
  })

  test('SC-160 a timezone that is changed an hour after brings no second one that week', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.time = friday
    await delivered(roundups)
    fixture.time = friday + hour
    const changed = await roundups.setUp(server, { ...fridays, timezone: 'America/New_York' }, ana)
    expect(changed.dueAt).toBe(friday + 7 * day + 6 * hour)
    fixture.time = friday + 7 * hour
    expect(await delivered(roundups)).toEqual([])
    expect(fixture.chat.posts).toHaveLength(1)
  })

  test('a week is not posted again under a weekday that belongs to the week before', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens([ana], { weekday: 1, hour: 0, timezone: 'Pacific/Auckland' })
    fixture.time = (await roundups.schedule(server))?.dueAt ?? 0
    await delivered(roundups)
    // Where it is still Sunday, and last week.
    const { dueAt } = await roundups.setUp(server, { ...fridays, weekday: 0, hour: 20, timezone: 'UTC' }, ana)
    expect(dueAt - fixture.time).toBeGreaterThan(7 * day)
  })

  test('one that is due and waits keeps its turn when another hour is chosen', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.time = friday + 60_000
    await roundups.setUp(server, { ...fridays, hour: 17 }, ana)
    expect(await delivered(roundups)).toEqual(['posted'])
    expect(fixture.chat.posts).toMatchObject([{ page: { id: `2026-W47-${server}`, until: friday - hour } }])
  })

  test('SC-161 a clock that is set back two hours after the post brings no second one', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.time = friday
    await delivered(roundups)
    fixture.time = friday - 2 * hour
    expect(await delivered(roundups)).toEqual([])
    fixture.time = friday
    expect(await delivered(roundups)).toEqual([])
    expect(fixture.chat.posts).toHaveLength(1)
  })

  test('SC-163 without members it says that the week was quiet; if so asked, it says nothing', async () => {
    const fixture = createRoundupsFixture()
    const loud = await fixture.opens([])
    fixture.time = friday
    expect(await delivered(loud)).toEqual(['posted'])
    expect(fixture.chat.posts).toMatchObject([{ page: { rows: [], members: 0, missed: 0 } }])
    const quiet = createRoundupsFixture()
    const roundups = await quiet.opens([], { skipEmpty: true })
    quiet.time = friday
    expect(await delivered(roundups)).toEqual(['silent'])
    expect(quiet.chat.posts).toEqual([])
    expect(await roundups.schedule(server)).toMatchObject({ posted: '2026-W47', dueAt: friday + 7 * day })
  })

  test('SC-163 with 1,000 members whose links have all ended, it is a quiet week, nobody is missing, and ten are named', async () => {
    const fixture = createRoundupsFixture()
    const people = Array.from({ length: 1_000 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
    const roundups = await fixture.opens(people)
    for (const person of people) fixture.songs.set(person, new NotLinkedError())
    fixture.time = friday
    expect(await delivered(roundups)).toEqual(['posted'])
    expect(fixture.asked).toHaveLength(1_000)
    expect(fixture.chat.posts).toMatchObject([{ page: { rows: [], members: 1_000, missed: 0, ended: { length: 10 } } }])
  })

  test('a week in which nobody could be asked is no quiet one: it is collected again, and then says who is missing', async () => {
    const fixture = createRoundupsFixture()
    await fixture.opens([ana, ben], { skipEmpty: true })
    fixture.songs.set(ana, new RateLimitedError(friday + hour, 'rate')).set(ben, [])
    for (const minutes of [0, 14]) {
      fixture.time = friday + minutes * 60_000
      expect(await delivered(fixture.process())).toEqual([expect.any(SpotifyDownError)])
    }
    expect(fixture.chat.posts).toEqual([])
    fixture.time = friday + 15 * 60_000
    expect(await delivered(fixture.process())).toEqual(['posted'])
    expect(fixture.chat.posts).toMatchObject([{ page: { rows: [], missing: [ana], missed: 1 } }])
  })

  test('and where Spotify answers by then, it has its songs', async () => {
    const fixture = createRoundupsFixture()
    await fixture.opens([ana])
    fixture.songs.set(ana, new RateLimitedError(friday + hour, 'rate'))
    fixture.time = friday
    expect(await delivered(fixture.process())).toEqual([expect.any(SpotifyDownError)])
    fixture.songs.delete(ana)
    fixture.time = friday + 60_000
    expect(await delivered(fixture.process())).toEqual(['posted'])
    expect(fixture.chat.posts).toMatchObject([{ page: { missed: 0, rows: [{ savers: [{ person: ana }] }] } }])
  })

  test('when Spotify asks to wait in the middle, it is posted and says who is missing', async () => {
    const fixture = createRoundupsFixture()
    fixture.songs.set(ben, new RateLimitedError(friday + hour, 'rate'))
    const roundups = await fixture.opens()
    fixture.time = friday
    expect(await delivered(roundups)).toEqual(['posted'])
    expect(fixture.chat.posts).toMatchObject([
      { page: { missing: [ben], missed: 1, rows: [{ savers: [{ person: ana }] }] } },
    ])
  })
})
