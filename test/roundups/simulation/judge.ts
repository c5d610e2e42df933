import type { Schedule } from '../../../src/roundups/roundups.ts'
import { periodBefore } from '../../../src/roundups/schedule-time.ts'
import type { Post } from '../chat.ts'
import { isRunning, type Change } from './changes.ts'

export interface Verdict {
  weeklyPosts: number
  monthlyPosts: number
  late: number
  duplicates: number
  missed: number
  /** Posts that begin where the one before them in their channel ended. */
  joints: number
  /** Posts that leave something out, as they may: what was saved during a pause, or longer ago than they reach. */
  gaps: number
  readonly wrong: string[]
}

export interface Evidence {
  /** A schedule as it was before the trouble, and as it is after the recovery; undefined where it is forgotten. */
  readonly before: Schedule | undefined
  readonly after: Schedule | undefined
  /** Of this schedule. */
  readonly changes: readonly Change[]
  /** Whether some clocks were wrong, so that nobody knows what is late. */
  readonly clocksJump: boolean
  /** Whether all processes were down for long. */
  readonly downtime: boolean
  /** Whether the index of due times names it, in time. */
  readonly isNamed: boolean
  readonly now: number
  /** Up to when it was paused, deleted, or new: one that has shown nothing yet shows a period of its own. */
  readonly resumedBy: number
  /** What is in its channel, and how many of these were there before. */
  readonly posts: { readonly all: readonly Post[]; readonly known: number }
}

const moment = 10 * 60 * 1000
// The longest time that a post may show.
const day = 24 * 3_600_000
const longestSpan = (id: string): number => (/^\d{4}-W/.test(id) ? 16 : 46) * day

export function judge(evidence: Evidence): Verdict {
  const { before, after, changes, clocksJump, downtime, isNamed, now, posts } = evidence
  const labels = posts.all.map(({ page }) => page.id)
  const duplicates = labels.length - new Set(labels).size
  const fresh = posts.all.slice(posts.known)
  const missed = missing(evidence)
  const { joints, gaps, wrong } = judgeSpans(evidence)

  if (isRunning(after)) {
    if (after.dueAt <= now) wrong.push('something is still due')
    if (!isNamed) wrong.push('the index does not know when it is due')
  }
  if (changes.length === 0 && isRunning(before) && before.dueAt <= now && after?.posting !== null)
    wrong.push('something is still announced')
  if (changes.length === 0 && !isRunning(before) && fresh.length > 0) wrong.push('what is paused was posted')
  if (fresh.length > (downtime ? 2 : 1) + changes.length) wrong.push(`${fresh.length} posts at once`)
  const silent = fresh.filter(({ page, at }) => page.late === null && at > page.until + moment + 60_000)
  if (silent.length > 0 && !clocksJump) wrong.push('a late post does not say so')
  if (duplicates > 0) wrong.push(`posted twice: ${labels.filter((id, index) => labels.indexOf(id) !== index).join()}`)
  for (const label of missed) wrong.push(`${label} was never posted`)
  const late = fresh.filter(({ page }) => page.late !== null).length
  const weeklyPosts = fresh.filter(({ page }) => page.id.includes('W')).length
  const monthlyPosts = fresh.length - weeklyPosts
  return { weeklyPosts, monthlyPosts, late, duplicates, missed: missed.length, joints, gaps, wrong }
}

/** The periods that were due and never posted. */
function missing({ before, after, changes, downtime, now, posts }: Evidence): string[] {
  const missed: string[] = []
  const standing = (label: string): boolean => posts.all.some(({ page }) => page.id.startsWith(`${label}-`))
  if (isRunning(before)) {
    const owed = periodBefore(downtime ? now : before.dueAt, before).label
    if (changes.length === 0 && before.dueAt <= now && !standing(owed)) missed.push(owed)
    // Due before it was changed: it is posted, at least as what the new settings make of it, unless its week has a time
    // yet; of another kind there may be none that has not been shown.
    const isKept = changes.length === 1 && changes[0]?.isAfterDue && !downtime && before.every === after?.every
    if (isKept && !standing(owed) && posts.all.length === posts.known) {
      if (periodBefore(after.dueAt, after).label !== owed) missed.push(owed)
    }
  }
  if (!isRunning(after) || changes.length === 0) return missed
  // Due after it was changed.
  const latest = periodBefore(now, after)
  const changedAt = Math.max(...changes.map(({ endedAt }) => endedAt))
  return latest.at > changedAt && !standing(latest.label) ? [...missed, latest.label] : missed
}

/** No moment is shown twice, and none is left out but what is saved during a pause or longer ago than a post reaches. */
function judgeSpans({ after, resumedBy, posts }: Evidence) {
  const wrong: string[] = []
  let [joints, gaps] = [0, 0]
  for (const [index, { page }] of posts.all.entries()) {
    const last = posts.all[index - 1]?.page
    if (page.from >= page.until) wrong.push(`nothing is in ${page.id}`)
    if (!last) continue
    if (page.from < last.until) wrong.push(`shown twice: the beginning of ${page.id}`)
    if (index < posts.known) continue
    if (page.from === last.until) joints += 1
    else gaps += 1
    const reach = Math.max(last.until, resumedBy, page.until - longestSpan(page.id))
    if (page.from > reach) wrong.push(`left out: what is before ${page.id}`)
  }
  const shown = posts.all.at(-1)?.page.until
  if (shown !== undefined && (after?.coveredUntil ?? 0) > Math.max(shown, resumedBy))
    wrong.push('it is noted that something was shown that is in no post')
  return { joints, gaps, wrong }
}
