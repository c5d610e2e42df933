import { z } from 'zod'
import type { MeterEntry, Store } from '../../store/store.ts'
import type { RateLimitedError } from '../errors.ts'
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
const week = 7 * day
/** Of every meter of a day. */
export const dayMeter = { span: day, bucket: day / 96, heldFor: 10 * 60_000 } as const
/** Where nobody knows the limit; below every one that was observed. */
const assumed = 1_000
/** More than anybody asks: what has this limit is only counted. */
const unlimited = 1e9
/** A lower number teaches nothing: another app of the same owner has used the quota up. */
const leastLearned = 50

const all = [...purposes, 'refused'] as const
const learnedKind = 'quota'
const learnedShape = z.object({ limit: z.number().min(leastLearned), at: z.number() }).readonly()
type LearnedLimit = z.infer<typeof learnedShape>

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
  const { now, wall } = clock
  const total = createCount(undefined, limit, changed)
  // Made when they are needed, since there may be a thousand apps.
  const parts = new Map<Purpose | 'refused', ReturnType<typeof createCount>>()
  let inFlight = 0
  let learned: LearnedLimit | undefined
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
    /** `limited`: what Spotify has said where it refused. */
    release(purpose: Purpose, limited?: RateLimitedError): void {
      inFlight -= 1
      total.release()
      part(purpose).release()
      if (!limited) return
      part('refused').take()
      part('refused').release()
      if (limited.reason === 'quota') void learn()
    },
    /** As this process knows it. */
    state(): DayUsage {
      const by = Object.fromEntries(purposes.map((purpose) => [purpose, used(part(purpose))])) as DayUsage['by']
      return { used: used(total), by, ...limitOf(limit, learned, wall()) }
    },
    refresh,
    /** Tells the store what it has not been told of. */
    flush: async () => void (await Promise.all([total, ...parts.values()].map((count) => count.flush()))),
  }

  function part(name: Purpose | 'refused') {
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
      const { data: stored } = learnedShape.safeParse(await store.get(learnedKind, key))
      if (stored && (stored.at > (learned?.at ?? 0) || stored.limit > (learned?.limit ?? Infinity))) learned = stored
      if (learned && learned.at + week > wall()) {
        const risen = Math.max(learned.limit, answered())
        if (risen !== stored?.limit) await save({ ...learned, limit: risen })
      }
      readAt = now()
      return told
    } catch {
      return false
    }
  }

  /** Those that Spotify has not refused. */
  function answered(): number {
    return used(total) - inFlight - used(part('refused'))
  }

  /** Spotify refuses for the day, so what it has answered until then is its limit. */
  async function learn(): Promise<void> {
    if (isLearning) return
    isLearning = true
    await refresh()
    // A block that goes on is no news, and by then less was asked within a day.
    const before = learned && learned.at + day > wall() ? learned.limit : 0
    const next = { limit: Math.max(answered(), before), at: wall() }
    // What the store does not take now, it is told at the next refresh.
    if (next.limit >= leastLearned) await save(next).catch(() => undefined)
    isLearning = false
  }

  async function save(next: LearnedLimit): Promise<void> {
    learned = next
    await store.set(learnedKind, key, next, Math.max(next.at + week - wall(), 1))
  }
}

function used(count: ReturnType<typeof createSharedQuota>): number {
  return count.state().used
}

/** Of the total of an app, or of a part of it. */
export function meterName(key: string, part?: string): string {
  return part === undefined ? `day:${key}` : `day:${key}:${part}`
}

function limitOf(set: number | undefined, learned: LearnedLimit | undefined, wall: number) {
  const taught = learned && learned.at + week > wall ? learned.limit : Infinity
  if (taught < (set ?? Infinity)) return { limit: taught, kind: 'learned' } as const
  return set === undefined ? ({ limit: assumed, kind: 'assumed' } as const) : ({ limit: set, kind: 'set' } as const)
}

/** What the store knows of it, for a program that makes no requests. */
export async function storedUsage(
  { get, meter }: Pick<Store, 'get' | 'meter'>,
  key: string,
  limit: number | undefined,
): Promise<DayUsage> {
  const read = async (part?: string): Promise<number> =>
    (await meter(meterName(key, part), { ...dayMeter, owner: 'look', spent: [], held: 0, want: 0, limit: 1 })).total
  const [used, ...parts] = await Promise.all([read(), ...purposes.map((purpose) => read(purpose))])
  const by = Object.fromEntries(purposes.map((purpose, index) => [purpose, parts[index] ?? 0])) as DayUsage['by']
  const { data: learned } = learnedShape.safeParse(await get(learnedKind, key))
  return { used, by, ...limitOf(limit, learned, Date.now()) }
}
