import type { Clock } from './clock.ts'
import { createLedger } from './ledger.ts'
import type { Answered, Pace } from './pace.ts'

const second = 1000
/** Background requests at once: no more than so many are refused before a limit is known. */
const crowd = 8
/** So few answers before a refusal tell of somebody else's requests, or of those before a restart. */
const few = 8
const longestQuiet = 64
const smallestStep = 1 / 32

/**
 * Finds a limit that nobody has told. The first refusal shows how many requests fit; a refusal below that halves it
 * at most, and after a quiet time it creeps up again, the more carefully the more often that was too much.
 *
 * @param longest the window that Spotify documents, in milliseconds; a shorter one shows in its Retry-After
 */
export function createAdaptivePace(longest: number, reserve: (limit: number) => number, { now }: Clock): Pace {
  const answers = createLedger(longest, longest / 1000)
  const successes = createLedger(longest, longest / 1000)
  let limit = Infinity
  /** The limit that has held for a while, before it was raised. */
  let proven = 0
  /** How many answers the latest refusal left room for. */
  let fitted = 0
  let span = longest
  let inFlight = 0
  let spared = false
  let refusal = { at: -Infinity, until: -Infinity }
  let creepAt = -Infinity
  let quiet = 1
  let step = smallestStep

  return {
    reason: 'rate',
    need(people, background) {
      if (people + background === 0 || used() < limit || now() < creepAt) return
      proven = limit
      limit += Math.max(1, Math.floor(limit * step))
      if (step > smallestStep) quiet = 1
      step = Math.min(step * 2, 1 / 2)
      creepAt = now() + span
    },
    hasRoom: (background) => used() < cap(background) && (!background || inFlight < crowd),
    take() {
      inFlight += 1
    },
    answered(answer) {
      inFlight -= 1
      answers.add(now())
      if (answer.refusedUntil !== undefined) return learn(answer, answer.refusedUntil)
      successes.add(now())
      // It was under way when another was refused, so it fitted as well.
      if (answer.sentAt <= refusal.at) limit = Math.max(limit, (fitted += 1))
    },
    nextRoom(background) {
      const until = answers.downTo(cap(background) - 1 - inFlight, now(), span)
      return { until, look: until > now() ? until : now() + second }
    },
    state: () => ({ limit, used: used() }),
  }

  function used(): number {
    return inFlight + answers.count(now(), span)
  }

  function cap(background: boolean): number {
    return background && limit < Infinity ? Math.max(limit - reserve(limit), 1) : limit
  }

  function learn({ sentAt }: Answered, until: number): void {
    // Refused together with the one that was learned from.
    if (sentAt <= refusal.at) return
    fitted = successes.count(now(), span)
    if (limit === Infinity && fitted < few && !spared) {
      spared = true
      return
    }
    refusal = { at: now(), until }
    if (limit === Infinity) span = spanUntil(until)
    // Refused although there was room: the window is longer than it seemed.
    else if (span < longest && fitted < limit / 2) span = longest
    if (fitted < proven * 0.9) proven = 0
    limit =
      limit === Infinity ? Math.max(fitted, 1) : Math.max(Math.min(fitted, limit - 1), Math.ceil(limit / 2), proven)
    proven = 0
    creepAt = Math.max(until, now()) + quiet * span
    quiet = Math.min(quiet * 2, longestQuiet)
    step = smallestStep
  }

  /** Retry-After is when the earliest request leaves Spotify's window, in seconds that are rounded up. */
  function spanUntil(until: number): number {
    const oldest = successes.oldest(now(), span) ?? now()
    const seconds = Math.floor((until - oldest + 60) / second)
    return Math.min(Math.max(seconds, 1) * second, longest)
  }
}
