import { HttpError } from '../../http.ts'
import type { MeterEntry, Store } from '../../store/store.ts'
import { RateLimitedError, SpotifyError } from '../errors.ts'
import { createLearnedLimit, storedLimit } from './learned-limit.ts'
import { purposes, type Purpose } from './queue.ts'
import { createSharedQuota } from './quota.ts'
import type { Clock } from './sliding-window.ts'

/** What an app has asked within 24 hours, and the limit for whole readings. */
export interface DayUsage {
  readonly used: number
  readonly by: Readonly<Record<Purpose, number>>
  readonly limit: number
  /** By the operator, by a refusal of Spotify's, or by nobody. */
  readonly kind: 'set' | 'learned' | 'assumed'
}

export type DayCounter = ReturnType<typeof createDayCounter>

const day = 24 * 60 * 60_000
/** Of every meter of a day. */
export const dayMeter = { span: day, bucket: day / 96, heldFor: 10 * 60_000 } as const
/** More than anybody asks: what has this limit is only counted. */
const unlimited = 1e9
const all = [...purposes, 'unanswered'] as const

/**
 * Counts the requests of one app within 24 hours by purpose, together with those of the other processes. A request
 * waits for none of it, unless the operator has set a limit.
 * @param limit the one that the operator has set
 * @param changed called when permits under it have been fetched, or could not be
 */
export function createDayCounter(
  store: Pick<Store, 'get' | 'set' | 'meter'>,
  key: string,
  limit: number | undefined,
  clock: Clock,
  changed: () => void,
) {
  const { now } = clock
  const total = createCount(undefined, limit, changed)
  // Made when they are needed, since there may be a thousand apps.
  const parts = new Map<Purpose | 'unanswered', ReturnType<typeof createCount>>()
  const learned = createLearnedLimit(store, key, limit, clock.wall)
  let inFlight = 0
  let isLearning = false
  let readAt = -Infinity

  return {
    /** Its permits are fetched where the operator has set a limit. */
    total,
    take(purpose: Purpose): void {
      inFlight += 1
      total.take()
      part(purpose).take()
    },
    release(purpose: Purpose, result: PromiseSettledResult<unknown>): void {
      inFlight -= 1
      total.release()
      part(purpose).release()
      if (isAnswer(result)) return
      part('unanswered').take()
      part('unanswered').release()
      if (result.reason instanceof RateLimitedError && result.reason.reason === 'quota') void learn()
    },
    /** As this process knows it. */
    state(): DayUsage {
      const by = Object.fromEntries(purposes.map((purpose) => [purpose, used(part(purpose))])) as DayUsage['by']
      return { used: sumOf(by), by, ...learned.inForce() }
    },
    refresh,
    /** Tells the store what it has not been told of. */
    flush: async () => void (await Promise.all([total, ...parts.values()].map((count) => count.flush()))),
  }

  function part(name: Purpose | 'unanswered') {
    const count = parts.get(name) ?? createCount(name)
    parts.set(name, count)
    return count
  }

  function createCount(name: string | undefined, limit = unlimited, changed = (): void => undefined) {
    const reserve = (limit: number): number => Math.floor(limit / 10)
    const enter = (entry: MeterEntry) => store.meter(meterName(key, name), entry)
    return createSharedQuota(
      { ...dayMeter, reason: 'quota', limit, reportEvery: 5_000, reserve },
      enter,
      clock,
      changed,
    )
  }

  /**
   * Tells the other processes what is new here, and learns what is new there, unless that is known as of `age`
   * milliseconds ago. False where the store does not answer.
   */
  async function refresh(age = 0): Promise<boolean> {
    const told = (await Promise.all([total, ...all.map(part)].map((count) => count.refresh(age)))).every(Boolean)
    if (readAt + age > now()) return told
    try {
      await learned.refresh(answered())
      readAt = now()
      return told
    } catch {
      return false
    }
  }

  function answered(): number {
    return purposes.reduce((sum, purpose) => sum + used(part(purpose)), 0) - inFlight - used(part('unanswered'))
  }

  async function learn(): Promise<void> {
    if (isLearning) return
    isLearning = true
    await refresh()
    await learned.learn(answered())
    isLearning = false
  }
}

/** Whether Spotify has answered, be it that something is wrong: not that it refuses more, nor nothing at all. */
function isAnswer(result: PromiseSettledResult<unknown>): result is PromiseFulfilledResult<unknown> {
  if (result.status === 'fulfilled') return true
  const { reason } = result
  return reason instanceof SpotifyError && !(reason instanceof RateLimitedError || reason.cause instanceof HttpError)
}

function sumOf(by: DayUsage['by']): number {
  return purposes.reduce((sum, purpose) => sum + by[purpose], 0)
}

function used(count: ReturnType<typeof createSharedQuota>): number {
  return count.state().used
}

/** Of the total of an app, or of a part of it. */
export function meterName(key: string, part?: string): string {
  return part === undefined ? `day:${key}` : `day:${key}:${part}`
}

/** What the store knows of it, for a program that makes no requests; `answered` is what Spotify has answered of it. */
export async function storedUsage(
  store: Pick<Store, 'get' | 'meter'>,
  key: string,
  limit: number | undefined,
): Promise<DayUsage & { readonly answered: number }> {
  const entry = { ...dayMeter, owner: 'look', spent: [], held: 0, want: 0, limit: 1 }
  const counts = await Promise.all(all.map(async (part) => (await store.meter(meterName(key, part), entry)).total))
  const { unanswered = 0, ...by } = Object.fromEntries(all.map((part, index) => [part, counts[index] ?? 0]))
  const used = sumOf(by as DayUsage['by'])
  const limits = await storedLimit(store, key, limit)
  return { used, by: by as DayUsage['by'], answered: used - unanswered, ...limits }
}
