import { randomUUID } from 'node:crypto'
import type { MeterEntry, MeterReading } from '../../store/store.ts'
import { createSlidingWindow, type Clock } from './sliding-window.ts'

/** One step on a meter that all processes share; what the store offers for that. */
export type Meter = (entry: MeterEntry) => Promise<MeterReading>

/** One limit on how often a Spotify app may ask. Whoever keeps it is told of every request. */
export interface RequestLimit {
  /** What a wait for it is called: "rate" takes seconds, "quota" hours. */
  readonly reason: 'rate' | 'quota'
  /** How many are waiting. Where room has to be fetched, it is, and `changed` is called when that has ended. */
  need(people: number, background: number): void
  hasRoom(background: boolean): boolean
  /** A request goes out; it is in flight until `answered`. */
  take(): void
  answered(answer: Answered): void
  /** While there is no room: when there will be, as far as is known, and when to look again. */
  nextRoom(background: boolean): { readonly until: number; readonly look: number }
  state(): LimitState
}

export interface Answered {
  readonly sentAt: number
  /** Until when Spotify asks to wait, where that was the answer. */
  readonly refusedUntil?: number | undefined
}

export interface LimitState {
  /** Infinity where none is known. */
  readonly limit: number
  /** What counts towards it now: answered or in flight, of every process as far as is known. */
  readonly used: number
}

/** A limit that the operator has set. Times in milliseconds. */
export interface QuotaOptions {
  readonly reason: 'rate' | 'quota'
  readonly limit: number
  readonly span: number
  readonly bucket: number
  /** How late others learn that what was held here is spent. */
  readonly tellEvery: number
  /** How long others count what this process held, should it end without a word. */
  readonly heldFor: number
  /** How much of the limit background work leaves to people at the moment. */
  reserve(): number
}

const idle = 10_000
const retryAfter = 1000
const mostAhead = 16
const mostSpare = 4

/**
 * Keeps a limit together with the other processes: permits are fetched from the shared meter in small batches, and
 * answers are told to it later. While the store is away, each process goes on with what it knows.
 */
export function createSharedQuota(terms: QuotaOptions, meter: Meter, clock: Clock, changed: () => void): RequestLimit {
  const { reason, limit, span, bucket, heldFor, tellEvery } = terms
  const { now } = clock
  const owner = randomUUID()
  const ledger = createSlidingWindow(span, bucket)
  const full = { people: open, background: open }
  let inFlight = 0
  let permits = 0
  /** Answers that the meter has not been told of, by their time. */
  let unsaid = new Map<number, number>()
  let others = { amount: 0, at: -Infinity }
  let busy = false
  let away = false
  let awayUntil = -Infinity
  let grantedAt = -Infinity
  let callOff: (() => void) | undefined

  return {
    reason,
    need(people, background) {
      const kind = people > 0 ? 'people' : 'background'
      const waiting = people || background
      if (waiting === 0 || busy || now() < awayUntil || now() < full[kind].look) return
      if (permits >= waiting && used() < cap(kind)) return
      void enter(Math.max(waiting - permits, 0) + ahead(kind), kind)
    },
    hasRoom: (background) => hasRoom(background ? 'background' : 'people'),
    take() {
      inFlight += 1
      permits = Math.max(permits - 1, 0)
    },
    answered() {
      inFlight -= 1
      ledger.add(now())
      const at = Math.ceil((now() * 8) / bucket) * (bucket / 8)
      unsaid.set(at, (unsaid.get(at) ?? 0) + 1)
      callOff ??= clock.after(tellEvery, tell)
    },
    nextRoom(background) {
      const kind = background ? 'background' : 'people'
      if (!away) return full[kind].look > now() ? full[kind] : { until: now(), look: now() + tellEvery }
      const until = ledger.downTo(cap(kind) - 1 - inFlight - ofOthers(), now(), span)
      return { until, look: until > now() ? until : now() + retryAfter }
    },
    state: () => ({ limit, used: used() }),
  }

  function cap(kind: Kind): number {
    return kind === 'people' ? limit : limit - terms.reserve()
  }

  function hasRoom(kind: Kind): boolean {
    return used() < cap(kind) && (away || permits > 0)
  }

  function used(): number {
    return ofOthers() + inFlight + ledger.count(now(), span)
  }

  function ofOthers(): number {
    return others.at + span > now() ? others.amount : 0
  }

  /** Fewer the nearer the limit is: what lies here unused is missing elsewhere. */
  function ahead(kind: Kind): number {
    return Math.max(Math.min(mostAhead, Math.floor((cap(kind) - used() - permits) / 8)), 0)
  }

  function tell(): void {
    callOff = undefined
    if (busy) {
      callOff = clock.after(tellEvery, tell)
      return
    }
    // A few stay for the next press, until it is clear that none is coming.
    const spare = grantedAt + idle > now() ? Math.min(mostSpare, Math.floor((limit - used()) / 16)) : 0
    permits = Math.max(Math.min(permits, spare), 0)
    void enter(0)
    if (permits > 0) callOff = clock.after(idle, tell)
  }

  /** One step on the meter, which tells what is new here. */
  async function enter(want: number, kind?: Kind): Promise<void> {
    busy = true
    const said = unsaid
    unsaid = new Map()
    const held = permits + inFlight
    const ours = held + ledger.count(now(), span)
    const spent = [...said].map(([at, amount]) => ({ amount, ago: now() - at })).filter(({ ago }) => ago < span)
    try {
      const step = { owner, span, bucket, heldFor, spent, held, want, limit: cap(kind ?? 'people') }
      const { granted, total, frees } = await meter(step)
      away = false
      permits += granted
      if (granted > 0) grantedAt = now()
      others = { amount: Math.max(total - granted - ours, 0), at: now() }
      if (kind && (granted < want || !hasRoom(kind))) full[kind] = fullFor(frees)
    } catch {
      for (const [at, amount] of said) unsaid.set(at, (unsaid.get(at) ?? 0) + amount)
      away = true
      awayUntil = now() + retryAfter
      callOff ??= clock.after(retryAfter, tell)
    } finally {
      busy = false
      changed()
    }
  }

  /** Others may give something back before anything is over, hence a look in between. */
  function fullFor(frees: number): Fullness {
    return { until: now() + (frees || tellEvery), look: now() + Math.min(frees || tellEvery, tellEvery) }
  }
}

type Kind = 'people' | 'background'

interface Fullness {
  readonly until: number
  readonly look: number
}

const open: Fullness = { until: -Infinity, look: -Infinity }
