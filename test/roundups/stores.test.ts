import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { songOf } from '../library/list-fixture.ts'
import { overBoth } from './over-both.ts'
import {
  ana,
  ben,
  channel,
  createRoundupsFixture,
  delivered,
  friday,
  fridays,
  hour,
  openBackend,
  server,
  type RoundupsFixture,
} from './roundups-fixture.ts'

overBoth('roundups', stories)

function stories(kind: 'a file' | 'Redis'): void {
  let backend: { store: Store; close(): Promise<void> }
  let fixture: RoundupsFixture
  beforeEach(async () => {
    backend = await openBackend(kind)
    fixture = createRoundupsFixture(backend.store)
  })
  afterEach(() => backend?.close())

  test('SC-156 three processes find a roundup due at the same moment, and one posts it', async () => {
    const roundups = await fixture.opens()
    fixture.time = friday
    const outcomes = await delivered(roundups, fixture.process(), fixture.process())
    expect(outcomes).toEqual(['posted'])
    expect(fixture.chat.posts).toHaveLength(1)
  })

  test('SC-156 a weekly and a monthly one that are due at the same moment are posted once each, with their own pages', async () => {
    const roundups = await fixture.opens()
    const monthly = { ...fridays, every: 'month', channel: '197038439483310087', hideExplicit: true } as const
    await roundups.setUp(server, monthly, ana)
    // The first Friday of December.
    fixture.time = friday + 14 * 24 * hour
    const outcomes = await delivered(roundups, fixture.process(), fixture.process())
    expect(outcomes).toEqual(['posted', 'posted'])
    const posts = fixture.chat.posts.map((post) => [
      post.channel,
      post.page.id,
      (post.page.until - post.page.from) / hour / 24,
    ])
    expect(new Set(posts)).toEqual(
      new Set([
        ['197038439483310087', `2026-12-197038439483310087-${server}`, 28],
        [channel, `2026-W49-${server}`, 7],
      ]),
    )
    await roundups.leave(ana, server)
    await roundups.runRemovals(new AbortController().signal)
    expect(JSON.stringify(fixture.chat.posts.map(({ components }) => components))).not.toContain(ana)
    expect(await roundups.deleteSchedule(server, monthly.channel)).toMatchObject({ paused: 'deleted', setBy: null })
    expect((await roundups.schedules(server)).map((one) => one.channel)).toEqual([channel])
  })

  test('SC-164 a stored row that makes no sense is reported, and stops nobody else', async () => {
    const roundups = await fixture.opens()
    const good = await backend.store.get('roundups', server)
    const broken = { timezone: 'Mars/Olympus', weekday: 9, hour: 24 }
    const others = Object.entries(broken).map(([name, value], index) => ({
      id: String(600_000_000_000_000_000n + BigInt(index)),
      row: { ...(good as object), [name]: value },
    }))
    for (const { id, row } of others) {
      await backend.store.set('roundups', id, row)
      await backend.store.schedule('roundups', id, 0)
    }
    fixture.time = friday + 7 * 24 * hour
    const reports: string[] = []
    await roundups.deliverDue((id, outcome) => reports.push(`${id} ${String(outcome)}`), new AbortController().signal)
    expect(reports.toSorted()).toEqual([`${server} posted`, ...others.map(({ id }) => `${id} unreadable`)])
    expect(await delivered(roundups)).toEqual([])
    const [first] = others
    // Whoever sets it up anew has one that works.
    await roundups.setUp(
      first?.id ?? '',
      { channel: '402218760019345408', weekday: 1, hour: 9, timezone: 'UTC', skipEmpty: false },
      ana,
    )
    expect((await roundups.schedule(first?.id ?? ''))?.timezone).toBe('UTC')
  })

  test('of two who leave at the same moment nothing stays on any page', async () => {
    const people = Array.from({ length: 30 }, (_, index) => String(400_000_000_000_000_000n + BigInt(index)))
    for (const person of people) fixture.songs.set(person, [songOf(1, { addedAt: friday - hour })])
    const another = '197038439483310999'
    const roundups = fixture.process()
    for (const person of people) await roundups.join(person, another)
    fixture.time = friday
    const page = await roundups.collect(another, 'now-pages', 7, () => undefined)
    expect(page.rows[0]?.savers).toHaveLength(30)
    await Promise.all(people.slice(0, 20).map((person) => roundups.leave(person, another)))
    await roundups.runRemovals(new AbortController().signal)
    const kept = JSON.stringify(await backend.store.get('sheets', 'now-pages.1'))
    for (const person of people.slice(0, 20)) expect(kept).not.toContain(person)
    expect((await roundups.page(another, 'now-pages', 1))?.rows[0]?.savers).toHaveLength(10)
  })

  const moments = [
    ['before his songs are stored', 'roundup-parts', 'before'],
    ['when they are stored', 'roundup-parts', 'after'],
    ['before the pages are stored', 'sheets', 'before'],
    ['when the pages are stored', 'sheets', 'after'],
  ] as const
  test.each(
    moments.flatMap(([when, kind, moment]) =>
      (['leave', 'forget'] as const).map((how) => ({ when, kind, moment, how })),
    ),
  )('Ben is gone by $how $when, and nothing of his stays', async ({ kind, moment, how }) => {
    const another = fixture.process()
    fixture.songs.set(
      ben,
      [1, 2, 3].map((number) => songOf(number, { addedAt: friday - hour })),
    )
    fixture.time = friday
    let isGone = false
    const goes = async (): Promise<void> => {
      isGone = true
      await (how === 'leave' ? another.leave(ben, server) : another.forget(ben))
    }
    const through: Store = {
      ...backend.store,
      async set(into, key, value, ttl) {
        const isIt = !isGone && into === kind && JSON.stringify(value).includes(kind === 'sheets' ? ben : 'Song 3')
        if (isIt && moment === 'before') await goes()
        await backend.store.set(into, key, value, ttl)
        if (isIt && moment === 'after') await goes()
      },
    }
    const roundups = fixture.process(through)
    for (const person of [ana, ben]) await roundups.join(person, server)
    const page = await roundups.collect(server, 'now-gone', 7, () => undefined)
    expect(isGone).toBe(true)
    expect(JSON.stringify(page)).not.toContain(ben)
    expect(await roundups.personPage(server, 'now-gone', ben, 1)).toBeUndefined()
    expect(await roundups.personPage(server, 'now-gone', ana, 1)).toMatchObject({ total: 1 })
    await roundups.runRemovals(new AbortController().signal)
    const kept = await recordsOf('sheets', 'roundup-parts', 'roundup-heads')
    expect(kept.length).toBeGreaterThan(2)
    expect(kept.join()).not.toContain(ben)
    expect(kept.join()).not.toContain('Song 3')
    expect(await backend.store.members(`roundups.${ben}`)).toEqual([])
  })

  test('a process that dies while it collects leaves nothing behind after half an hour', async () => {
    const dying: Store = {
      ...backend.store,
      set: (kind, ...of) => (kind === 'sheets' ? new Promise(() => undefined) : backend.store.set(kind, ...of)),
    }
    const roundups = fixture.process(dying)
    for (const person of [ana, ben]) await roundups.join(person, server)
    fixture.time = friday
    // It may notice that it is over.
    void roundups.collect(server, 'now-dead', 7, () => undefined).catch(() => undefined)
    await expect.poll(() => recordsOf('roundup-parts')).toHaveLength(2)
    const { signal } = new AbortController()
    fixture.time += 29 * 60_000
    await fixture.process().runRemovals(signal)
    expect(await recordsOf('roundup-parts')).toHaveLength(2)
    fixture.time += 60_000
    await fixture.process().runRemovals(signal)
    expect(await recordsOf('roundup-parts', 'sheets')).toEqual([])
  })

  /** By key and value. */
  async function recordsOf(...kinds: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const kind of kinds)
      for await (const key of backend.store.keys(kind))
        found.push(`${kind} ${key} ${JSON.stringify(await backend.store.get(kind, key))}`)
    return found
  }

  test('Ben leaves while a roundup is on its way, and it is drawn anew without him', async () => {
    const another = '197038439483310998'
    const roundups = fixture.process()
    for (const person of [ana, ben]) await roundups.join(person, another)
    fixture.time = friday
    fixture.songs.set(ben, [songOf(2, { addedAt: friday - hour })])
    const page = await roundups.collect(another, 'now-leaving', 7, () => undefined)
    expect(JSON.stringify(page)).toContain(ben)
    await roundups.leave(ben, another)
    const message = await fixture.chat.publisher.post(channel, page, 'a-nonce', new AbortController().signal)
    if (typeof message === 'string') throw new Error(message)
    await roundups.recordMessage(page, message)
    await roundups.runRemovals(new AbortController().signal)
    const shown = JSON.stringify(fixture.chat.posts.map(({ components }) => components))
    expect(shown).toContain(ana)
    expect(shown).not.toContain(ben)
  })
}
