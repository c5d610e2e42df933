import { randomUUID } from 'node:crypto'
import type { MeterEntry, MeterReading } from '../../store/store.ts'
import type { Kind, Wait } from './queue.ts'
import { createSlidingWindow, type Clock } from './sliding-window.ts'

/** A limit that the operator has set. Times in milliseconds. */
export interface QuotaOptions {
  readonly reason: Wait['reason']
  readonly limit: number
  readonly span: number
  readonly bucket: number
  /** How late others learn that what was held here is spent. */
  readonly reportEvery: number
  /** How long others count what this process held, should it end without a word. */
  readonly heldFor: number
  /** How much of the limit background work leaves to interactive requests at the moment. */
  readonly reserve: (limit: number) => number
}

const idle = 10_000
const retryAfter = 1000
const mostAhead = 16
const mostSpare = 4

/**
 * Keeps a limit on how often a Spotify app may ask, together with the other processes: permits are fetched from the
 * shared meter in small batches, and answers are told to it later. While the store is away, each process goes on with
 * what it knows.
 * @param meter one step on the meter that all processes share
 * @param changed called when permits have been fetched, or could not be
 */
export function createSharedQuota(
  { reason, limit, span, bucket, heldFor, reportEvery, reserve }: QuotaOptions,
  meter: (entry: MeterEntry) => Promise<MeterReading>,
  clock: Clock,
  changed: () => void,
) {
  const { now } = clock
  const owner = randomUUID()
  const window = createSlidingWindow(span, bucket)
  const open: Wait = { reason, until: -Infinity, checkAt: -Infinity }
  /** What the meter has said last, or when to ask it again. */
  const full = { interactive: open, background: open }
  let inFlight = 0
  let permits = 0
  /** Answers that the meter has not been told of, by their time. */
  let unreported = new Map<number, number>()
  let others = { amount: 0, until: -Infinity }
  let entering: Promise<void> | undefined
  let enteredAt = -Infinity
  let away = false
  let grantedAt = -Infinity
  let isReportPlanned = false

  return {
    /** Fetches permits for so many that are queued, where they have to be. */
    requestRoom({ interactive, background }: Readonly<Record<Kind, number>>): void {
      const kind = interactive > 0 ? 'interactive' : 'background'
      const waiting = interactive || background
      if (waiting === 0 || entering || now() < full[kind].checkAt) return
      if (permits >= waiting && used() < cap(kind)) return
      // Some ahead, fewer the nearer the limit is: what lies here unused is missing elsewhere.
      const ahead = Math.max(Math.min(mostAhead, Math.floor((cap(kind) - used() - permits) / 8)), 0)
      void enter(Math.max(waiting - permits, 0) + ahead, kind)
    },
    /** Until when there is no room; undefined while there is. */
    waitOf(kind: Kind): Wait | undefined {
      if (hasRoom(kind)) return undefined
      if (!away) return full[kind].checkAt > now() ? full[kind] : { reason, until: now(), checkAt: now() + reportEvery }
      const until = window.timeOfCount(cap(kind) - 1 - inFlight - usedByOthers(), now())
      return { reason, until, checkAt: until > now() ? until : now() + retryAfter }
    },
    /** A request goes out; it is in flight until `release`. */
    take(): void {
      inFlight += 1
      permits = Math.max(permits - 1, 0)
    },
    release(): void {
      inFlight -= 1
      window.add(now())
      const at = Math.ceil((now() * 8) / bucket) * (bucket / 8)
      unreported.set(at, (unreported.get(at) ?? 0) + 1)
      planReport(reportEvery)
    },
    /** Tells the meter what is new, and learns what others have spent, unless that is known as of `age` ago. */
    async refresh(age = 0): Promise<boolean> {
      if (enteredAt + age <= now()) await (entering ?? enter(0))
      return !away
    },
    /** Tells the meter what it has not been told of. */
    async flush(): Promise<void> {
      await entering
      if (unreported.size > 0) await enter(0)
    },
    /** `used` is what counts now: ended or in flight, of every process as far as is known. */
    state: () => ({ limit, used: used() }),
  }

  function cap(kind: Kind): number {
    return kind === 'interactive' ? limit : limit - reserve(limit)
  }

  function hasRoom(kind: Kind): boolean {
    return used() < cap(kind) && (away || permits > 0)
  }

  function used(): number {
    return usedByOthers() + inFlight + window.count(now())
  }

  function usedByOthers(): number {
    return others.until > now() ? others.amount : 0
  }

  function planReport(milliseconds: number): void {
    if (!isReportPlanned) clock.after(milliseconds, report)
    isReportPlanned = true
  }

  function report(): void {
    isReportPlanned = false
    if (entering) return planReport(reportEvery)
    // A few stay for the next interaction, until it is clear that none is coming.
    const spare = grantedAt + idle > now() ? Math.min(mostSpare, Math.floor((limit - used()) / 16)) : 0
    permits = Math.max(Math.min(permits, spare), 0)
    void enter(0)
    if (permits > 0) planReport(idle)
  }

  /** One step on the meter, which reports what is new here. */
  function enter(want: number, kind?: Kind): Promise<void> {
    return (entering = step(want, kind).finally(() => {
      entering = undefined
      changed()
    }))
  }

  async function step(want: number, kind?: Kind): Promise<void> {
    const reported = unreported
    unreported = new Map()
    const held = permits + inFlight
    const ours = held + window.count(now())
    const spent = [...reported].map(([at, amount]) => ({ amount, ago: now() - at })).filter(({ ago }) => ago < span)
    try {
      const entry = { owner, span, bucket, heldFor, spent, held, want, limit: cap(kind ?? 'interactive') }
      const { granted, total, frees } = await meter(entry)
      away = false
      enteredAt = now()
      permits += granted
      if (granted > 0) grantedAt = now()
      others = { amount: Math.max(total - granted - ours, 0), until: now() + span }
      // Others may give something back before anything is over, hence a check in between.
      const left = frees || reportEvery
      if (kind && (granted < want || !hasRoom(kind)))
        full[kind] = { reason, until: now() + left, checkAt: now() + Math.min(left, reportEvery) }
    } catch {
      for (const [at, amount] of reported) unreported.set(at, (unreported.get(at) ?? 0) + amount)
      away = true
      full.interactive = full.background = { reason, until: now(), checkAt: now() + retryAfter }
      planReport(reportEvery)
    }
  }
}
