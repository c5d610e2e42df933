import { z } from 'zod'
import { UserError } from '../errors.ts'
import { periodAfter, periodBefore, timeShape, type SchedulePeriod, type ScheduleTime } from './schedule-time.ts'

export const mostInServer = 5
const day = 24 * 60 * 60 * 1000
/** The longest time that one post shows: what people were told when they joined. No change of a schedule takes longer. */
const longestSpan = { week: 16 * day, month: 46 * day }
// Longer than a month: what is covered farther ahead was so by a clock that was wrong.
const farAhead = 36 * day

const discordId = z.string().regex(/^\d{17,20}$/)
const moment = z.number().nullable().default(null)

export const settingsShape = timeShape.extend({
  channel: discordId,
  /** Whether a period without songs passes in silence. */
  skipEmpty: z.boolean(),
  /** Whether songs that Spotify marks as explicit are left out. */
  hideExplicit: z.boolean().default(false),
  /** Discord's name of the language that it is posted in; where there is none, the one that the operator has chosen. */
  locale: z.string().max(20).exactOptional(),
})

export const scheduleShape = settingsShape.extend({
  version: z.number(),
  /** Who set it up; null once that person has had everything about them deleted. */
  setBy: discordId.nullable(),
  /** By somebody, or because its channel could not be posted to for three periods. What is deleted is kept for a while. */
  paused: z.enum(['by somebody', 'channel closed', 'deleted']).nullable(),
  /** The next post, in milliseconds. */
  dueAt: z.number(),
  /** The latest period that is done with. */
  posted: z.string().nullable(),
  /** The latest one of the other kind, where there was one: its ids are used up as well. */
  postedOther: z.string().nullable().default(null),
  /** Up to when what was saved has been shown, or needs not be; null before the first period, and in rows of 0.1.0. */
  coveredUntil: moment,
  /** The period whose post may be in that channel already, after that message. */
  posting: z
    .object({
      ...{ label: z.string(), channel: discordId, after: z.string().regex(/^\d{1,20}$/) },
      /** How often something in between has turned it away. */
      tries: z.number().default(0),
      /** Up to when it shows what was saved; null in rows of 0.1.0. */
      until: moment,
      /** What was chosen when it was collected. */
      hideExplicit: z.boolean().default(false),
    })
    .nullable(),
  /** How many periods in a row could not be posted, for a closed channel or because Discord refused them. */
  closed: z.number(),
  /** Why the latest period was not posted; absent in schedules from before that was noted. */
  failed: z.enum(['closed', 'refused']).nullable().default(null),
})

/** When and where a roundup is posted. */
export type Settings = Readonly<z.input<typeof settingsShape>>

/** A roundup that is posted again and again, and how far it is. */
export type Schedule = Readonly<z.infer<typeof scheduleShape>>

/** A server has as many schedules as it may. */
export class TooManySchedulesError extends UserError {
  constructor() {
    super('schedule.tooMany', { most: mostInServer })
  }
}

type Unfinished = Omit<Schedule, 'paused' | 'closed' | 'failed' | 'dueAt'>

export function isDeleted({ paused }: Schedule): boolean {
  return paused === 'deleted'
}

/** Whether no post of it is known, or may be under way. */
export function isUnused({ posted, posting, coveredUntil }: Schedule): boolean {
  return posted === null && posting === null && coveredUntil === null
}

/** By the key of a schedule: the server, and behind a full stop the channel where it is not the first one there. */
export function serverOfKey(key: string): string {
  return key.split('.', 1)[0] ?? ''
}

/** The id of the roundup that a schedule posts in a period: it ends with the server. */
export function roundupIdOf(key: string, label: string): string {
  return [label, ...key.split('.').toReversed()].join('-')
}

/**
 * With new settings; a period that is due and not yet posted stays due, unless its week has a time yet. A moment from
 * before what it would have shown is not due any more: that is in the next post.
 */
export function withSettings(before: Schedule, settings: z.infer<typeof settingsShape>, by: string, now: number) {
  const after = { ...before, ...settings, setBy: by, coveredUntil: coveredBy(before) }
  if (before.paused !== null) return resumed(after, now)
  const next = restarted(after, now)
  if (before.dueAt > now) return next
  const pending = periodBefore(now, before)
  const there = periodBefore(now, after)
  const comesYet = nextPeriod(after, now).label === pending.label
  const isOver = isDone(pending, before) || isDone(there, after) || there.at <= coveredFrom(before, pending.at)
  return comesYet || isOver ? next : { ...next, dueAt: there.at }
}

/** Runs again, from its next period on: that shows nothing from before one period back. */
export function resumed(schedule: Schedule, now: number): Schedule {
  const next = restarted({ ...schedule, coveredUntil: coveredBy(schedule) }, now)
  const { coveredUntil, dueAt } = next
  // What is saved from now on is shown in any case.
  const back = Math.min(periodBefore(dueAt - 1, next).at, now)
  return coveredUntil === null ? next : { ...next, coveredUntil: Math.max(coveredUntil, back) }
}

/** Runs, from its next period on. */
export function restarted(schedule: Unfinished, now: number): Schedule {
  return { ...schedule, paused: null, closed: 0, failed: null, dueAt: nextPeriod(schedule, now).at }
}

type PeriodsDone = Pick<Schedule, 'posted' | 'postedOther' | 'coveredUntil'>

/** With that period as the latest one that is done with. */
export function withPosted({ posted, postedOther }: Schedule, label: string) {
  const isOther = posted !== null && isWeek(posted) !== isWeek(label)
  return { posted: label, postedOther: isOther ? posted : postedOther, posting: null }
}

/** The first period after a time that has not been posted yet. */
export function nextPeriod(schedule: ScheduleTime & PeriodsDone, after: number): SchedulePeriod {
  let period = periodAfter(after, schedule)
  while (isDone(period, schedule)) period = periodAfter(period.at, schedule)
  return period
}

/**
 * Whether it or a later one is posted: by another weekday or timezone a week may come again, and by another kind a moment
 * that a post has shown.
 */
export function isDone({ at, label }: SchedulePeriod, { posted, postedOther, coveredUntil }: PeriodsDone): boolean {
  const covered = coveredUntil === null ? -1 : coveredUntil - at
  return (covered >= 0 && covered <= farAhead) || isPosted(label, posted) || isPosted(label, postedOther)
}

/** From when on a period shows what was saved: where the post before it ended, unless that is too long ago. */
export function coveredFrom(schedule: Schedule, at: number): number {
  const covered = coveredBy(schedule)
  if (covered === null || covered >= at) return periodBefore(at - 1, schedule).at
  const { every, posted } = schedule
  // A change from months to weeks leaves nothing out.
  const isMonth = every === 'month' || (posted !== null && !isWeek(posted))
  return Math.max(covered, at - longestSpan[isMonth ? 'month' : 'week'])
}

/** In rows of 0.1.0, which posted week by week, it is known from what is posted. */
function coveredBy(schedule: Schedule): number | null {
  const { coveredUntil, posted, dueAt } = schedule
  if (coveredUntil !== null || posted === null) return coveredUntil
  const { at, label } = periodBefore(dueAt - 1, schedule)
  return label === posted ? at : null
}

function isPosted(label: string, posted: string | null): boolean {
  if (posted === null || isWeek(posted) !== isWeek(label)) return false
  const ahead = numberOf(posted) - numberOf(label)
  // Farther ahead it was posted by a clock that was wrong by weeks.
  return ahead >= 0 && ahead <= (isWeek(label) ? 3 : 1)
}

function isWeek(label: string): boolean {
  return label.includes('W')
}

function numberOf(label: string): number {
  const [year = 0, part = 0] = label.split(/-W?/).map(Number)
  return year * (isWeek(label) ? 53 : 12) + part
}
