import { z } from 'zod'
import type { Store } from '../../store/store.ts'

const day = 24 * 60 * 60_000
const week = 7 * day
/** Where nobody knows the limit; below every one that was observed. */
const assumedLimit = 1_000
/** A lower number teaches nothing: another app of the same owner has used the quota up. */
const least = 50

const kind = 'learned-limit'
const shape = z.object({ limit: z.number().min(least), at: z.number(), set: z.number().nullable() }).readonly()
/** How many requests Spotify had answered when it refused more, when that was, and what the operator had set then, if anything. */
type LearnedLimit = z.infer<typeof shape>

/**
 * What Spotify's refusals teach of an app's day, shared by all processes for a week.
 * @param set the limit that the operator has set: with another one, nothing that was learned counts
 */
export function createLearnedLimit(
  store: Pick<Store, 'get' | 'set'>,
  key: string,
  set: number | undefined,
  wall: () => number,
) {
  let learned: LearnedLimit | undefined

  return {
    inForce: () => limitInForce(set, learned, wall()),
    refresh,
    /** Spotify refuses for the day, so what it has answered until then is its limit. */
    async learn(answered: number): Promise<void> {
      // A block that goes on is no news, and by then less was asked within a day.
      const isNews =
        !learned || !isCurrent(learned, set, wall()) || learned.at + day <= wall() || answered > learned.limit
      if (!isNews || answered < least) return
      learned = { limit: answered, at: wall(), set: set ?? null }
      await save()
    },
  }

  /** Takes over what another process has learned, rises to what was answered after all, and tells the store what is new. */
  async function refresh(answered: number): Promise<void> {
    const stored = parse(await store.get(kind, key))
    const latest = latestOf(notAhead(learned), notAhead(stored))
    const isAnswered = latest && isCurrent(latest, set, wall()) && answered > latest.limit
    learned = isAnswered ? { ...latest, limit: answered } : latest
    if (learned && (learned.at !== stored?.at || learned.limit !== stored.limit)) await save()
  }

  /** By a clock that was set back, or another process's, it may be from later than now. */
  function notAhead(one: LearnedLimit | undefined): LearnedLimit | undefined {
    return one && { ...one, at: Math.min(one.at, wall()) }
  }

  /** What the store does not take now, it is told at the next refresh. */
  async function save(): Promise<void> {
    const left = learned ? learned.at + week - wall() : 0
    if (learned && left > 0) await store.set(kind, key, learned, left).catch(() => undefined)
  }
}

/** The limit for whole readings, for a program that makes no requests. */
export async function storedLimit({ get }: Pick<Store, 'get'>, key: string, set: number | undefined) {
  return limitInForce(set, parse(await get(kind, key)), Date.now())
}

function parse(stored: unknown): LearnedLimit | undefined {
  return shape.safeParse(stored).data
}

function latestOf(one: LearnedLimit | undefined, other: LearnedLimit | undefined): LearnedLimit | undefined {
  if (!one || !other) return one ?? other
  if (one.at === other.at) return one.limit > other.limit ? one : other
  return one.at > other.at ? one : other
}

function isCurrent(learned: LearnedLimit, set: number | undefined, wall: number): boolean {
  return learned.set === (set ?? null) && learned.at + week > wall
}

/** `kind`: by the operator, by a refusal of Spotify's, or by nobody. */
function limitInForce(set: number | undefined, learned: LearnedLimit | undefined, wall: number) {
  const taught = learned && isCurrent(learned, set, wall) ? risen(learned, wall) : Infinity
  if (taught < (set ?? Infinity)) return { limit: taught, kind: 'learned' } as const
  return set === undefined
    ? ({ limit: assumedLimit, kind: 'assumed' } as const)
    : ({ limit: set, kind: 'set' } as const)
}

/** A small number may be due to what nobody counted: it holds for a day, and is given up over the rest of the week. */
function risen({ limit, at }: LearnedLimit, wall: number): number {
  const way = Math.min(Math.max((wall - at - day) / (week - day), 0), 1)
  return Math.round(limit + Math.max(assumedLimit - limit, 0) * way)
}
