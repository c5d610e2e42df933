import type { Schedule } from '../../../src/roundups/roundups.ts'
import { periodBefore } from '../../../src/roundups/schedule-time.ts'
import type { Post } from '../chat.ts'

/** Somebody changed the schedule. */
export interface Change {
  /** Begun when the period was due already, by a clock that was right. */
  readonly isAfterDue: boolean
  /** When it was through, by whatever clock was later; never if its process died over it. */
  endedAt: number
}

export interface Verdict {
  posts: number
  late: number
  duplicates: number
  missed: number
  readonly wrong: string[]
}

export interface Evidence {
  /** A schedule as it was before the trouble, and as it is after the recovery. */
  readonly before: Schedule
  readonly after: Schedule
  readonly changes: readonly Change[]
  /** Whether some clocks were wrong, so that nobody knows what is late. */
  readonly clocksJump: boolean
  /** Whether all processes were down for long. */
  readonly downtime: boolean
  /** Whether the index of due times names it, in time. */
  readonly isNamed: boolean
  readonly now: number
  /** What is in its channel, and how many of these were there before. */
  readonly posts: { readonly all: readonly Post[]; readonly known: number }
}

const moment = 10 * 60 * 1000

export function judge({ before, after, changes, clocksJump, downtime, isNamed, now, posts }: Evidence): Verdict {
  const labels = posts.all.map(({ page }) => page.id)
  const standing = (label: string): number => labels.filter((id) => id.startsWith(`${label}-`)).length
  const duplicates = labels.length - new Set(labels).size
  const fresh = posts.all.slice(posts.known)
  const wrong: string[] = []
  const missed: string[] = []

  const owed = periodBefore(downtime ? now : before.dueAt, before).label
  if (changes.length === 0 && before.dueAt <= now && standing(owed) === 0) missed.push(owed)
  // Due before it was changed: it is posted, at least as what the new settings make of it, unless its week has a time yet;
  // of another kind there may be none that has not been shown.
  const ahead = periodBefore(after.dueAt, after).label
  const isKept = changes.length === 1 && changes[0]?.isAfterDue && !downtime && before.every === after.every
  if (isKept && standing(owed) === 0 && ahead !== owed && fresh.length === 0) missed.push(owed)
  // Due after it was changed.
  const latest = periodBefore(now, after)
  const changedAt = Math.max(...changes.map(({ endedAt }) => endedAt))
  if (changes.length > 0 && latest.at > changedAt && standing(latest.label) === 0) missed.push(latest.label)

  if (after.dueAt <= now) wrong.push('something is still due')
  if (changes.length === 0 && before.dueAt <= now && after.posting !== null) wrong.push('something is still announced')
  if (!isNamed) wrong.push('the index does not know when it is due')
  if (fresh.length > (downtime ? 2 : 1) + changes.length) wrong.push(`${fresh.length} posts at once`)
  const silent = fresh.filter(({ page, at }) => page.late === null && at > page.until + moment + 60_000)
  if (silent.length > 0 && !clocksJump) wrong.push('a late post does not say so')
  const twice = posts.all.filter(({ page }, index) => page.from < (posts.all[index - 1]?.page.until ?? 0))
  if (twice.length > 0) wrong.push(`shown twice: the beginning of ${twice.map(({ page }) => page.id).join()}`)
  if (duplicates > 0) wrong.push(`posted twice: ${labels.filter((id, index) => labels.indexOf(id) !== index).join()}`)
  for (const label of missed) wrong.push(`${label} was never posted`)
  const late = fresh.filter(({ page }) => page.late !== null).length
  return { posts: fresh.length, late, duplicates, missed: missed.length, wrong }
}
