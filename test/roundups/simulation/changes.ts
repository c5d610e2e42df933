import type { Schedule, Settings } from '../../../src/roundups/roundups.ts'
import type { Random } from './random.ts'
import type { Replica } from './replica.ts'
import { manager, server, settingsFor } from './server.ts'

/** Somebody changed a schedule. */
export interface Change {
  readonly channel: string
  readonly what: 'changed' | 'paused' | 'resumed' | 'deleted' | 'paused and resumed'
  /** Begun when the period was due already, by a clock that was right; what is stopped does without it. */
  readonly isAfterDue: boolean
  /** When it was through, by whatever clock was later; never if its process died over it. */
  endedAt: number
}

/** Neither paused nor deleted. */
export function isRunning(schedule: Schedule | undefined): schedule is Schedule {
  return schedule?.paused === null
}

/** Somebody in the server changes a schedule, by way of one process, at the time that is given as everybody has it. */
export function change(
  random: Random,
  now: () => number,
  replica: Replica,
  channel: string,
  before?: Schedule,
): Change {
  const { roundups } = replica
  const local = (): number => now() + replica.offset
  const what = chosen(random, before)
  const isDue = before !== undefined && local() >= before.dueAt && replica.offset === 0
  const made: Change = {
    channel,
    what,
    isAfterDue: what === 'changed' && isRunning(before) && isDue,
    endedAt: Infinity,
  }
  const near = random.chance(0.5) ? random.between(-3, 3) * 3_600_000 : 0
  const settings: Settings = settingsFor(random, now() + near, channel)
  const over = (): void => void (made.endedAt = Math.max(now(), local()))
  work().then(over, over)
  return made

  async function work(): Promise<unknown> {
    if (what === 'changed') return roundups.setUp(server, settings, manager)
    if (what === 'deleted') return roundups.deleteSchedule(server, channel)
    if (what === 'resumed') return roundups.resume(server, channel)
    await roundups.pause(server, channel)
    return what === 'paused' ? undefined : roundups.resume(server, channel)
  }
}

/** What is deleted is set up again, what is paused resumes as well. */
function chosen(random: Random, before: Schedule | undefined): Change['what'] {
  const isOff = before !== undefined && before.paused !== null
  if (before === undefined || before.paused === 'deleted' || random.chance(0.6)) return 'changed'
  if (isOff) return 'resumed'
  return random.oneOf(['paused', 'paused', 'paused and resumed', 'paused and resumed', 'deleted'] as const)
}
