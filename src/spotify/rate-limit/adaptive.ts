import type { Clock } from './clock.ts'
import { createSlidingWindow } from './sliding-window.ts'
import type { Answered, RequestLimit } from './pace.ts'

const second = 1000
/** Background requests at once: no more than so many are refused before a limit is known. */
const crowd = 8
/** So few answers before a refusal tell of somebody else's requests, or of those before a restart. */
const few = 8
const longestQuiet = 64
const smallestStep = 1 / 32

/**
 * Finds a limit that nobody has told. The first refusal shows how many requests fit; a later one halves that at most.
 * Before it is believed, and after every quiet time, one request beyond it is tried: when it is answered, the limit
 * goes up; when it is refused, the next trial comes later.
 *
 * @param longest the window that Spotify documents, in milliseconds; a shorter one shows in its Retry-After
 */
export function createAdaptivePace(longest: number, reserve: (limit: number) => number, { now }: Clock): RequestLimit {
  const answers = createSlidingWindow(longest, longest / 1000)
  const successes = createSlidingWindow(longest, longest / 1000)
  let limit = Infinity
  /** The limit that has held for a while, before it was raised. */
  let proven = 0
  /** How many answers the latest refusal left room for. */
  let fitted = 0
  let span = longest
  let inFlight = 0
  let spared = false
  let refusedAt = -Infinity
  /** Whether a request beyond the limit was refused; until then a single refusal may have had another reason. */
  let believed = false
  /** Whether one request more than the limit may go out, to see whether it is one. */
  let tried = false
  let creepAt = -Infinity
  let quiet = 1
  let step = smallestStep

  return {
    reason: 'rate',
    need(people, background) {
      if (limit === Infinity || people + background === 0 || used() < limit) return
      // Alone, so that no more than one is refused; and not while room is coming free, which Spotify knows earlier.
      const full = inFlight === 0 && successes.count(now(), span * 0.9) >= limit
      if (!full || tried || (believed && now() < creepAt)) return
      proven = limit
      limit += 1
      tried = true
    },
    hasRoom: (background) => (limit === Infinity || used() < cap(background)) && (!background || inFlight < crowd),
    take() {
      inFlight += 1
    },
    answered(answer) {
      inFlight -= 1
      answers.add(now())
      if (answer.refusedUntil !== undefined) return learn(answer, answer.refusedUntil)
      successes.add(now())
      // It was under way when another was refused, so it fitted as well.
      if (answer.sentAt <= refusedAt) limit = Math.max(limit, (fitted += 1))
      if (tried && inFlight === 0) raise()
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

  /** One more than the limit was answered. */
  function raise(): void {
    tried = false
    limit += believed ? Math.floor(limit * step) : limit
    if (step > smallestStep) quiet = 1
    step = Math.min(step * 2, 1 / 2)
    creepAt = now() + span
  }

  function learn({ sentAt }: Answered, until: number): void {
    // Refused together with the one that was learned from.
    if (sentAt <= refusedAt) return
    fitted = successes.count(now(), span)
    if (limit === Infinity && fitted < few && !spared) {
      spared = true
      return
    }
    refusedAt = now()
    tried = false
    if (!believed) span = spanUntil(until)
    // Refused although there was room: the window is longer than it seemed.
    else if (span < longest && fitted < limit / 2) span = longest
    believed ||= used() >= limit * 0.95
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
