import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLanguages } from '../../src/i18n.ts'
import { createDelivery } from '../../src/roundups/deliver.ts'
import type { Publisher, RoundupPage, Settings } from '../../src/roundups/roundups.ts'
import { createSchedules } from '../../src/roundups/schedules.ts'
import { isDeleted, isDone, resumed } from '../../src/roundups/schedule.ts'
import { periodBefore } from '../../src/roundups/schedule-time.ts'
import { modelStore } from '../store/model.ts'
import { ana, channel, createRoundupsFixture, day, delivered, friday, hour, server } from './roundups-fixture.ts'

// By hand with 5,000.
const runs = Number(process.env['SEQUENCES'] ?? 150)
const [week, month] = [16 * day, 46 * day]
const signal = new AbortController().signal

const settings: fc.Arbitrary<Settings> = fc.record({
  channel: fc.constant(channel),
  every: fc.constantFrom('week' as const, 'month' as const),
  weekday: fc.integer({ min: 0, max: 6 }),
  hour: fc.integer({ min: 0, max: 23 }),
  timezone: fc.constantFrom('Europe/Berlin', 'Pacific/Kiritimati', 'Etc/GMT+12', 'America/Nuuk', 'Australia/Lord_Howe'),
  skipEmpty: fc.boolean(),
})

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), settings }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'delete' as const) }),
  },
  // The time passes; clocks are set back too, and long sleeps happen.
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      by: fc.oneof(
        fc.integer({ min: -3 * hour, max: 3 * hour }),
        fc.integer({ min: hour, max: 9 * day }),
        fc.integer({ min: 9 * day, max: 50 * day }),
      ),
    }),
  },
  // What comes of a post: none may arrive, or nobody hears of it, or the process has died before it noted it.
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('trouble' as const),
      post: fc.constantFrom('closed', 'refused', 'unheard'),
    }),
  },
)

test('whatever is changed between two posts, no moment is shown twice and none is left out', async () => {
  let [posts, joints] = [0, 0]
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { minLength: 4, maxLength: 30 }), async (first, steps) => {
      const counts = await lives(first, steps)
      posts += counts.posts
      joints += counts.joints
    }),
    { numRuns: runs },
  )
  if (process.env['SEQUENCES']) console.log({ sequences: runs, posts, joints })
  expect(joints).toBeGreaterThan(runs / 2)
})

test.each([
  ['week', 16],
  ['month', 46],
] as const)(
  'after five months of downtime the post of a %s shows %i days, no more than people were told',
  async (every, days) => {
    const fixture = createRoundupsFixture()
    const roundups = await fixture.opens([ana], { every })
    fixture.time = friday + 28 * day + hour
    await delivered(roundups)
    fixture.time += 150 * day
    await delivered(roundups)
    const [first, late] = fixture.chat.posts
    if (!first || !late) throw new Error('Nothing was posted')
    expect(late.page.from).toBeGreaterThan(first.page.until)
    expect(late.page.until - late.page.from).toBe(days * day)
    expect(createLanguages().memo('en-US')('roundup.shows')).toContain('46 days at most')
  },
)

/** Goes through the steps, looks after each what is due, and compares what each post shows with the one before it. */
async function lives(first: Settings, steps: readonly Step[]) {
  let time = friday
  let trouble: string | undefined
  let wasPaused = false
  const shown: Pick<RoundupPage, 'id' | 'from' | 'until'>[] = []
  const pages = new Map<string, RoundupPage>()
  const store = modelStore(() => time)
  const schedules = createSchedules(store, () => time)
  const deliver = createDelivery({
    store,
    schedules,
    publisher: {
      newest: async () => ({ id: '0' }),
      find: async (at, id) => (shown.some((one) => one.id === id) ? { channel: at, message: id } : undefined),
      async post(at, page) {
        const outcome = trouble
        trouble = undefined
        if (outcome === 'closed' || outcome === 'refused') return outcome
        shown.push(page)
        if (outcome === 'unheard') throw new Error('The connection was cut')
        return { channel: at, message: page.id }
      },
    } as Partial<Publisher> as Publisher,
    async collect(of, id, head) {
      const page = { server: of, id, ...head, rows: [{}], missed: 0, page: 1 } as unknown as RoundupPage
      pages.set(id, page)
      return page
    },
    page: async (_server, id) => pages.get(id),
    recordMessage: async () => undefined,
    notify: async () => undefined,
    now: () => time,
  })
  let joints = 0
  const look = async (): Promise<void> => {
    for (let looks = 0; looks < 4; looks += 1) {
      const before = shown.length
      const row = await schedules.get(server)
      await deliver(server, signal).catch(() => undefined)
      if (shown.length === before) continue
      const [last, now] = [shown.at(-2), shown.at(-1)]
      if (!now) throw new Error('Nothing is shown')
      expect(now.from).toBeLessThan(now.until)
      const longest = row?.every === 'month' || !(row?.posted ?? 'W').includes('W') ? month : week
      expect(now.until - now.from, 'too long').toBeLessThanOrEqual(longest)
      if (!last) continue
      joints += 1
      expect(shown.filter(({ id }) => id === now.id)).toHaveLength(1)
      expect(now.from, 'shown twice').toBeGreaterThanOrEqual(last.until)
      if (!wasPaused) expect(now.from, 'left out').toBe(Math.max(last.until, now.until - longest))
      wasPaused = false
    }
    // The lease of a process that has died.
    time += 31_000
  }

  await schedules.setUp(server, first, ana)
  for (const one of [...steps, ...calm]) {
    if (one.kind === 'pass') time += one.by
    if (one.kind === 'change') await schedules.setUp(server, one.settings, ana)
    if (one.kind === 'trouble') trouble = one.post
    if (one.kind === 'pause')
      await schedules.change(server, (row) => (isDeleted(row) ? undefined : { ...row, paused: 'by somebody' }))
    if (one.kind === 'delete') await schedules.remove(server)
    if (one.kind === 'resume')
      await schedules.change(server, (row) => (row.paused === 'by somebody' ? resumed(row, time) : undefined))
    if ((await schedules.get(server))?.paused) wasPaused = true
    await look()
  }
  const row = await schedules.get(server)
  if (row?.paused === null) expect(isDone(periodBefore(time, row), row), 'the latest one').toBe(true)
  return { posts: shown.length, joints }
}

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const calm: Step[] = Array.from({ length: 5 }, () => ({ kind: 'pass', by: 10 * day }))
