import { describe, expect, test } from 'vitest'
import type { Publisher } from '../../src/roundups/roundups.ts'
import { StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { songOf } from '../library/list-fixture.ts'
import { mortalProcess } from './mortal-process.ts'
import {
  ana,
  ben,
  channel,
  createRoundupsFixture,
  day,
  delivered,
  friday,
  hour,
  server,
  type RoundupsFixture,
} from './roundups-fixture.ts'

const minute = 60_000
const { signal } = new AbortController()

describe('a post whose songs somebody takes back', () => {
  test.each(['before', 'after'] as const)(
    'whoever dies %s any step of it leaves a post without Ana behind, in a thread that is archived again',
    async (moment) => {
      let steps = 0
      for (let last = 1; ; last += 1) {
        const fixture = await posted()
        fixture.chat.archive(channel)
        // The process that tells her gets no further.
        const halting: Store = { ...fixture.store, lease: () => new Promise(() => undefined) }
        await fixture.process(halting).leave(ana, server)
        fixture.time += 31_000
        const mortal = mortalProcess(fixture, last, moment)
        await Promise.race([mortal.roundups.runRemovals(signal), mortal.dead])
        if (!mortal.hasDied()) break
        steps = last
        fixture.time += 31_000
        await fixture.process().runRemovals(signal)
        expect(shown(fixture), `step ${last}`).not.toContain(ana)
        expect(shown(fixture), `step ${last}`).toContain(ben)
        expect(fixture.chat.isArchived(channel), `step ${last}`).toBe(true)
      }
      expect(steps).toBeGreaterThan(10)
    },
  )

  test.each(['is killed before', 'is killed after', 'loses its store at'] as const)(
    'whoever %s any step of /roundup leave has left it, or leaves no post with Ana behind',
    async (fate) => {
      let steps = 0
      for (let last = 1; ; last += 1) {
        const fixture = await posted()
        const moment = fate === 'is killed after' ? 'after' : 'before'
        const mortal = mortalProcess(fixture, last, moment, fate.startsWith('loses') ? 'fails' : 'dies')
        await Promise.race([mortal.roundups.leave(ana, server).catch(() => undefined), mortal.dead])
        if (!mortal.hasDied()) break
        steps = last
        fixture.time += 31_000
        const next = fixture.process()
        await next.runRemovals(signal)
        if (await next.takesPart(ana, server)) continue
        expect(shown(fixture), `step ${last}`).not.toContain(ana)
        expect(shown(fixture), `step ${last}`).toContain(ben)
        expect(await stored(fixture), `step ${last}`).not.toContain(ana)
        expect(await fixture.store.members(`roundup.${server}`), `step ${last}`).toEqual([ben])
        expect(await next.about(ana), `step ${last}`).toMatchObject({ takesPartIn: [], leaving: [], shown: [] })
      }
      expect(steps).toBeGreaterThan(5)
    },
  )

  test('a process that is killed at any step of /roundup leave leaves nothing for Ben to see once it is said again', async () => {
    for (let last = 1; ; last += 1) {
      const fixture = await posted()
      const mortal = mortalProcess(fixture, last, 'after')
      await Promise.race([
        mortal.roundups.leave(ana, server).then(() => mortal.roundups.runRemovals(signal)),
        mortal.dead,
      ])
      if (!mortal.hasDied()) break
      fixture.time += 31_000
      const next = fixture.process()
      await next.leave(ana, server)
      await next.runRemovals(signal)
      expect(shown(fixture), `step ${last}`).not.toContain(ana)
      expect(await stored(fixture), `step ${last}`).not.toContain(ana)
    }
  })

  test('is tried ever less often while Discord does not work, for days and over the week of the roundup', async () => {
    const fixture = await posted()
    const tries: number[] = []
    let isAway = true
    const update: Publisher['update'] = async (...of) => {
      tries.push(fixture.time)
      if (isAway) throw new Error('Discord is away')
      return fixture.chat.publisher.update(...of)
    }
    const roundups = fixture.process(fixture.store, { ...fixture.chat.publisher, update })
    await roundups.leave(ana, server)
    await passes(fixture, 9 * day, 30 * minute, roundups)
    expect(tries.length).toBeGreaterThan(9 * 23)
    expect(tries.length).toBeLessThan(9 * 24 + 20)
    isAway = false
    await passes(fixture, 2 * hour, 30 * minute, roundups)
    const after = tries.length
    await passes(fixture, 2 * hour, 30 * minute, roundups)
    expect(tries).toHaveLength(after)
    expect(await fixture.store.due('removals', fixture.time + 2 * hour, 10)).toEqual([])
  })

  test('a thread that somebody archives again in between is opened once more', async () => {
    const fixture = await posted()
    let closes = 2
    fixture.chat.archive(channel)
    const setArchived: Publisher['setArchived'] = async (...of) => {
      const outcome = await fixture.chat.publisher.setArchived(...of)
      if (!of[1] && (closes -= 1) >= 0) fixture.chat.archive(channel)
      return outcome
    }
    const roundups = fixture.process(fixture.store, { ...fixture.chat.publisher, setArchived })
    await roundups.leave(ana, server)
    await passes(fixture, 5 * minute, 5_000, roundups)
    expect(shown(fixture)).not.toContain(ana)
    expect(fixture.chat.isArchived(channel)).toBe(true)
  })

  test('that Discord never lets go of is told to Ana and to Ben, each once, with the post', async () => {
    const fixture = await posted()
    fixture.chat.closed.add(channel)
    const roundups = fixture.process()
    for (const person of [ana, ben]) await roundups.leave(person, server)
    await passes(fixture, 10 * minute, 5_000)
    expect(fixture.chat.notified.map(({ person }) => person)).toEqual([ana, ben])
    for (const text of fixture.chat.told) expect(text).toContain(`/channels/${server}/${channel}/`)
    await passes(fixture, hour, minute)
    expect(fixture.chat.notified).toHaveLength(2)
  })

  test('with a song that both saved stays with Ben’s, who is told as well when he leaves the post that cannot be changed', async () => {
    const both = [songOf(1, { addedAt: friday - hour })]
    const fixture = await posted([ana, ben], () => both)
    const roundups = fixture.process()
    await roundups.leave(ana, server)
    await passes(fixture, minute, 5_000)
    expect(shown(fixture)).not.toContain(ana)
    expect(shown(fixture)).toContain(ben)
    expect(await roundups.about(ben)).toMatchObject({ shown: [{ uri: both[0]?.uri }] })
    fixture.chat.closed.add(channel)
    await roundups.leave(ben, server)
    await passes(fixture, minute, 5_000)
    expect(fixture.chat.notified.map(({ person }) => person)).toEqual([ben])
  })

  test('that Discord lets nobody change is told to each of thirty who leave it, and to Ana once who joins again and again', async () => {
    const many = Array.from({ length: 30 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
    const fixture = await posted([ana, ...many])
    let isAway = true
    const told: string[] = []
    const update: Publisher['update'] = async () => {
      if (isAway) throw new Error('Discord is away')
      return 'refused'
    }
    const notify: Publisher['notify'] = async (person) => void told.push(person)
    const roundups = fixture.process(fixture.store, { ...fixture.chat.publisher, update, notify })
    for (const person of [...many, ana]) await roundups.leave(person, server)
    for (let times = 0; times < 3; times += 1) {
      await passes(fixture, minute, 10_000, roundups)
      await roundups.join(ana, server)
      await roundups.leave(ana, server)
    }
    isAway = false
    await passes(fixture, hour, 10_000, roundups)
    expect(told.toSorted()).toEqual([...many, ana].toSorted())
  })

  test('of Ben’s server is changed although nothing can be read of a hundred and twenty others that are due before', async () => {
    const fixture = await posted()
    const broken = Array.from({ length: 120 }, (_, index) => String(400_000_000_000_000_000n + BigInt(index)))
    for (const one of broken) await fixture.store.schedule('removals', one, -1)
    const get: Store['get'] = async (kind, key) => {
      if (kind === 'roundup-heads' && broken.includes(key)) throw new Error('It makes no sense')
      return fixture.store.get(kind, key)
    }
    const halting: Store = { ...fixture.store, lease: () => new Promise(() => undefined) }
    await fixture.process(halting).leave(ana, server)
    const roundups = fixture.process({ ...fixture.store, get })
    for (let looks = 0; looks < 20; looks += 1) await roundups.runRemovals(signal)
    expect(shown(fixture)).not.toContain(ana)
  })

  test('Ana is told also after she has unlinked, and her id is nowhere in the store until then', async () => {
    const fixture = await posted()
    fixture.chat.closed.add(channel)
    const update: Publisher['update'] = () => Promise.reject(new Error('Discord is away'))
    const kept = recorded(fixture)
    await fixture.process(kept.store, { ...fixture.chat.publisher, update }).forget(ana)
    expect(kept.everything()).not.toContain(ana)
    await passes(fixture, 10 * minute, 5_000)
    expect(fixture.chat.notified).toMatchObject([{ person: ana }])
    expect(await fixture.store.due('removals', fixture.time + 2 * hour, 10)).toEqual([])
  })

  test('of a store that is full Ana’s songs go all the same, and she is not told that all is well', async () => {
    const fixture = await posted()
    const full = () => Promise.reject(new StoreUnavailableError('The store is full'))
    const roundups = fixture.process({
      ...fixture.store,
      ...{ set: full, create: full, compareAndSet: full, add: full, schedule: full },
    })
    await expect(roundups.forget(ana)).rejects.toThrow('full')
    for await (const key of fixture.store.keys('sheets'))
      expect(JSON.stringify(await fixture.store.get('sheets', key))).not.toContain(ana)
    await expect.poll(() => shown(fixture)).not.toContain(ana)
  })

  test('a direct message that is refused for now is tried again, for a week at most', async () => {
    const fixture = await posted()
    fixture.chat.closed.add(channel)
    let tries = 0
    const notify: Publisher['notify'] = async () => {
      tries += 1
      throw new Error('Opening direct messages too fast')
    }
    const roundups = fixture.process(fixture.store, { ...fixture.chat.publisher, notify })
    await roundups.leave(ana, server)
    await passes(fixture, 8 * day, hour, roundups)
    expect(tries).toBeGreaterThan(100)
    expect(tries).toBeLessThan(180)
    expect(await fixture.store.due('removals', fixture.time + 2 * hour, 10)).toEqual([])
  })

  test('what a process has posted without noting it is found, also where the schedule was changed since', async () => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens()
    fixture.time = friday
    const hasPosted = Promise.withResolvers<void>()
    const post: Publisher['post'] = async (...of) => {
      await fixture.chat.publisher.post(...of)
      hasPosted.resolve()
      return new Promise(() => undefined)
    }
    void fixture.process(fixture.store, { ...fixture.chat.publisher, post }).deliverDue(() => undefined, signal)
    await hasPosted.promise
    fixture.time += 31_000
    await roundups.setUp(server, { channel, weekday: 0, hour: 9, timezone: 'UTC', skipEmpty: false }, ana)
    await roundups.leave(ana, server)
    await roundups.runRemovals(signal)
    expect(shown(fixture)).not.toContain(ana)
  })
})

/** The week's post is in the channel, with a song of each. */
async function posted(
  people = [ana, ben],
  saved = (index: number) => [songOf(index, { addedAt: friday - hour })],
): Promise<RoundupsFixture> {
  const fixture = createRoundupsFixture()
  for (const [index, person] of people.entries()) fixture.songs.set(person, saved(index + 1))
  await fixture.opens(people)
  fixture.time = friday
  await delivered(fixture.process())
  expect(shown(fixture)).toContain(ana)
  return fixture
}

async function stored({ store }: RoundupsFixture): Promise<string> {
  return JSON.stringify(await store.get('sheets', `2026-W47-${server}.1`))
}

function shown({ chat }: RoundupsFixture): string {
  return JSON.stringify(chat.posts.map(({ components }) => components))
}

/** Time in which a process looks for what is to be done. */
async function passes(
  fixture: RoundupsFixture,
  duration: number,
  step: number,
  roundups = fixture.process(),
): Promise<void> {
  for (const end = fixture.time + duration; fixture.time < end; fixture.time += step) await roundups.runRemovals(signal)
}

/** A store that tells everything that is in it by now. */
function recorded({ store }: RoundupsFixture) {
  const records = new Map<string, unknown>()
  const note = (kind: string, key: string, value: unknown): void => void records.set(`${kind}:${key}`, value)
  const noting: Store = {
    ...store,
    set: async (kind, key, value, ttl) => (note(kind, key, value), store.set(kind, key, value, ttl)),
    async compareAndSet(kind, key, version, value, ttl) {
      const isDone = await store.compareAndSet(kind, key, version, value, ttl)
      if (isDone) note(kind, key, value)
      return isDone
    },
  }
  return { store: noting, everything: () => JSON.stringify([...records]) }
}
