import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConsentEndedError, NotLinkedError } from '../../src/accounts/errors.ts'
import { createEnded } from '../../src/roundups/ended.ts'
import type { RoundupPage, Roundups } from '../../src/roundups/roundups.ts'
import type { Store } from '../../src/store/store.ts'
import { overBoth } from './over-both.ts'
import {
  ana,
  ben,
  createRoundupsFixture,
  day,
  delivered,
  friday,
  openBackend,
  server,
  type RoundupsFixture,
} from './roundups-fixture.ts'

const week = 7 * day

overBoth('a member whose connection has ended,', stories)

function stories(kind: 'a file' | 'Redis'): void {
  let backend: { store: Store; close(): Promise<void> }
  let fixture: RoundupsFixture
  let roundups: Roundups
  beforeEach(async () => {
    backend = await openBackend(kind)
    fixture = createRoundupsFixture(backend.store)
    fixture.time = friday
    roundups = await fixture.opens([ana, ben])
    fixture.songs.set(ana, new NotLinkedError())
  })
  afterEach(() => backend?.close())

  test('is named by four posts and no more, and by whatever is asked for, which does not count', async () => {
    expect(await now()).toMatchObject({ ended: [ana], missing: [], missed: 0 })
    expect(await weeks(6)).toEqual([[ana], [ana], [ana], [ana], [], []])
    expect(await now()).toMatchObject({ ended: [ana] })
    expect(await roundups.about(ana)).toMatchObject({ saidEnded: { length: 4 } })
  })

  test('is counted from her leave on anew, which a connection after the end brings; an unlink forgets it', async () => {
    expect(await weeks(4)).toEqual([[ana], [ana], [ana], [ana]])
    await roundups.leave(ana, server)
    fixture.songs.delete(ana)
    await roundups.join(ana, server)
    expect(await weeks(1)).toEqual([[]])
    fixture.songs.set(ana, new NotLinkedError())
    expect(await weeks(5)).toEqual([[ana], [ana], [ana], [ana], []])
    expect(await backend.store.get('ended', ana)).toBeDefined()
    await roundups.forget(ana)
    expect(await backend.store.get('ended', ana)).toBeUndefined()
    expect(await roundups.about(ana)).toMatchObject({ saidEnded: [] })
  })

  test('is counted once by a post that is tried again, and by none that was not posted', async () => {
    let isBroken = true
    const newest: RoundupsFixture['chat']['publisher']['newest'] = async (...of) => {
      if (isBroken) throw new Error('Discord is away')
      return fixture.chat.publisher.newest(...of)
    }
    const unlucky = fixture.process(backend.store, { ...fixture.chat.publisher, newest })
    fixture.time += week
    for (let tries = 1; tries <= 6; tries += 1) {
      await delivered(unlucky)
      fixture.time += 2 * 60 * 60 * 1000
    }
    expect(named()).toEqual([])
    isBroken = false
    await delivered(fixture.process())
    expect(named()).toEqual([[ana]])
    expect(await weeks(4)).toEqual([[ana], [ana], [ana], []])
  })

  test('is counted by no week that is silent', async () => {
    await roundups.setUp(server, { ...(await settings()), skipEmpty: true }, ana)
    fixture.songs.set(ben, [])
    expect(await weeks(5)).toEqual([])
    fixture.songs.delete(ben)
    expect(await counts().whom([ana], server, 'a-post')).toMatchObject({ ended: [ana] })
  })

  test('is not named where she has left the server, or leaves while it is collected, and nothing is kept then', async () => {
    fixture.departed.add(ana)
    expect(await weeks(1)).toEqual([[]])
    fixture.departed.clear()
    await roundups.join(ben, server)
    fixture.songs.delete(ana)
    await roundups.join(ana, server)
    fixture.songs.set(ana, new NotLinkedError())
    const leaving: Store = {
      ...backend.store,
      create: async (...of) => {
        if (of[0] === 'ended') await roundups.leave(ana, server)
        return backend.store.create(...of)
      },
    }
    fixture.time += week
    await delivered(fixture.process(leaving))
    await roundups.runRemovals(new AbortController().signal)
    expect(named()).toEqual([[], []])
    expect(await backend.store.get('ended', ana)).toBeUndefined()
  })

  test('leaves the post once she leaves the roundups', async () => {
    await weeks(1)
    const shown = () => JSON.stringify(fixture.chat.posts.map(({ components }) => components))
    expect(shown()).toContain(`<@${ana}>`)
    await roundups.leave(ana, server)
    await roundups.runRemovals(new AbortController().signal)
    expect(shown()).not.toContain(`<@${ana}>`)
    expect(JSON.stringify(await backend.store.get('roundup-heads', server))).not.toContain(ana)
  })

  test('is missing, and not said to have ended, where she is linked again by the end', async () => {
    fixture.songs.set(ana, new ConsentEndedError())
    expect(await now()).toMatchObject({ ended: [], missing: [ana], missed: 1 })
  })

  test('is not named a fifth time by two posts at the same moment', async () => {
    for (const id of ['one', 'two', 'three']) {
      await counts().claim([ana], server, id)
      await counts().count([ana], id)
    }
    const both = await Promise.all(['four', 'five'].map((id) => counts().claim([ana], server, id)))
    expect(both.flat()).toEqual([ana])
    expect(await counts().claim([ana], '197038439483310999', 'six')).toEqual([ana])
  })

  test('of more than ten, those are named who were named least often', async () => {
    const many = Array.from({ length: 25 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
    for (const person of many) await roundups.join(person, server)
    for (const person of many) fixture.songs.set(person, new NotLinkedError())
    fixture.songs.delete(ana)
    const posts = await weeks(11)
    expect(posts.slice(0, 3).map(({ length }) => length)).toEqual([10, 10, 10])
    expect(new Set(posts.slice(0, 3).flat()).size).toBe(25)
    const times = Map.groupBy(posts.flat(), (person) => person)
    expect([...times.values()].map(({ length }) => length)).toEqual(Array(25).fill(4))
    expect(posts.at(-1)).toEqual([])
  })

  function counts() {
    const get = async () => Promise.reject(new NotLinkedError())
    return createEnded(backend.store, { get }, () => fixture.time)
  }

  async function settings() {
    return (await roundups.schedule(server)) ?? expect.unreachable()
  }

  function now(): Promise<RoundupPage> {
    return roundups.collect(server, `now-7-${fixture.time}-${server}`, 7, () => undefined)
  }

  /** Whom each of the next posts names. */
  async function weeks(number: number): Promise<(readonly string[])[]> {
    const before = fixture.chat.posts.length
    for (let left = number; left > 0; left -= 1) {
      fixture.time += week
      for (const outcome of await delivered(roundups)) if (outcome instanceof Error) throw outcome
    }
    return named().slice(before)
  }

  function named(): (readonly string[])[] {
    return fixture.chat.posts.map(({ page }) => page.ended)
  }
}
