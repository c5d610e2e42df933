import { setTimeout as sleep } from 'node:timers/promises'
import { anchorAt } from '../../src/library/page.ts'
import { collect } from '../../src/roundups/collect.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import type { Time } from '../clock.ts'
import { createListeners, type Listener } from './people.ts'
import { startProgram } from './program.ts'
import { wordsFilter } from '../../src/library/search.ts'

export interface WeekOptions {
  /** LIBRARY_CACHE_HOURS */
  readonly hours: string
  /** Whether the program is started anew before every command. */
  readonly restarts: boolean
  /** Which week it is: what is liked, unliked and looked for, and when. */
  readonly seed: number
}

/** What was counted on one day. */
export interface Day {
  readonly requests: number
  /** Of those, what Spotify has answered with 429. */
  readonly refused: number
  readonly refreshes: number
  /** What people were told to wait for. */
  readonly unanswered: number
  readonly searches: number
  /** Searches that did not find all songs that are there, and no other, in their order. */
  readonly wrong: number
}

export interface Week {
  readonly days: readonly Day[]
}

const sizes = [500, 1_500, 3_120, 8_000, 10_000]
const dailyLimit = 1_100
const nexts = 6
const minute = 60_000
const hour = 60 * minute

/** Something that one of them does, and when, in milliseconds since midnight. */
interface Deed {
  readonly at: number
  readonly work: () => Promise<void> | void
}

/** A week of five people. */
export async function live(time: Time, { hours, restarts, seed }: WeekOptions): Promise<Week> {
  const listener = createListeners(seed)
  const people = sizes.map((size) => listener(`listener-${size}`, size))
  const program = await startProgram(
    people.map(({ account }) => account),
    { LIBRARY_CACHE_HOURS: hours },
    dailyLimit,
  )
  const counts = { unanswered: 0, searches: 0, wrong: 0 }
  let midnight = Math.ceil(Date.now() / (24 * hour)) * 24 * hour
  passTo(midnight)
  const habits = new Map(people.map((one) => [one, [0, 1, 2, 3].map(() => 8 * hour + one.random() * 14 * hour)]))
  const days: Day[] = []
  let from = program.spotify.requests.length
  for (const { account } of people) await program.link(account.id)
  for (let day = 1; day <= 7; day += 1) {
    const deeds = people.flatMap((one, number) => deedsOf(one, number * 17 * minute))
    if (day === 5) deeds.push({ at: 20 * hour, work: () => command(() => roundup()) })
    for (const { at, work } of deeds.toSorted((a, b) => a.at - b.at)) {
      passTo(midnight + at)
      await work()
      await program.settles()
    }
    midnight += 24 * hour
    passTo(midnight)
    days.push(count())
  }
  await program.close()
  return { days }

  function passTo(at: number): void {
    time.pass(Math.max(Math.round(at - Date.now()), 0))
  }

  function count(): Day {
    const asked = program.spotify.requests.slice(from)
    from += asked.length
    const api = asked.filter(({ path }) => path.startsWith('/v1/'))
    const refused = api.filter(({ status }) => status === 429).length
    const day = { ...counts, requests: api.length, refused, refreshes: asked.length - api.length }
    Object.assign(counts, { unanswered: 0, searches: 0, wrong: 0 })
    return day
  }

  /** What one of them does in a day, never at the same minute; what they like and unlike at times of their own from eight to ten. */
  function deedsOf(one: Listener, later: number): Deed[] {
    const { account, random } = one
    const changes = [like, like, like, one.unlike].map((work, index): Deed => {
      return { at: habits.get(one)?.[index] ?? 0, work }
    })
    const acts: [number, (person: Listener) => Promise<void>][] = [
      [7, recent],
      [10, search],
      [13, draw],
      [16, search],
      [19, recent],
    ]
    const commands = acts.map(([at, act]): Deed => {
      return { at: at * hour + later + random() * 40 * minute, work: () => command(() => act(one)) }
    })
    return [...changes, ...commands]

    function like(): void {
      program.spotify.like(account.id, one.newSong())
    }
  }

  async function command(work: () => Promise<void>): Promise<void> {
    if (restarts) await program.restart()
    try {
      await work()
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error
      counts.unanswered += 1
    }
  }

  async function recent({ account: { id } }: Listener): Promise<void> {
    const { library } = program.app
    let page = await library.newest(id, { offset: 0 })
    for (let turn = 0; turn < nexts; turn += 1) {
      const place = page.from - page.newer + page.songs.length - 1
      const last = page.songs.at(-1)
      if (!last) throw new Error('A page without songs')
      await program.settles()
      page = await library.page(id, { offset: page.next, anchor: anchorAt(last, place) })
    }
  }

  async function search(one: Listener): Promise<void> {
    const { library } = program.app
    const { id } = one.account
    const query = one.query()
    for (let typed = 1; typed <= 5; typed += 1) {
      await library.suggest(id, query.slice(0, typed))
      await program.settles()
    }
    const found: string[] = []
    for (let total = 1; found.length < total;) {
      const page = await library.find(id, wordsFilter(query), { offset: found.length })
      if ('done' in page) await Promise.race([page.done, sleep(60_000, undefined, { ref: false })])
      else {
        // What was found until then is shown, and no answer to count on.
        if (page.failure) throw page.failure
        found.push(...page.songs.map(({ uri }) => uri))
        total = page.total
        if (page.songs.length === 0) break
      }
    }
    counts.searches += 1
    const there = one.scan(query)
    if (there.length === 0 || found.join() !== there.join()) counts.wrong += 1
  }

  async function draw({ account: { id } }: Listener): Promise<void> {
    await program.app.library.random(id)
  }

  async function roundup(): Promise<void> {
    const members = people.map(({ account }) => account.id)
    const span = { from: Date.now() - 7 * 24 * hour, until: Date.now() }
    const options = { signal: new AbortController().signal }
    const { missing } = await collect(program.app.library, members, span, options, async () => undefined)
    if (missing.length > 0) counts.unanswered += 1
  }
}
