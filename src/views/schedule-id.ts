import { createHash } from 'node:crypto'
import { timezoneBehind } from '../roundups/schedule-time.ts'
import type { Schedule, Settings } from '../roundups/roundups.ts'

export type ScheduleAction = 'pause' | 'resume' | 'delete'

const shape = /^roundup:1:(good|cancel|pause|resume|delete):(\d{17,20})(?::([\w-]{6}):(.{0,50}))?$/
const packed = /^([wm])([0-6])([0-9a-n])([01])([01])([pr])(.+)$/

/** A button about the schedule of a channel. */
export function encodeScheduleId(action: ScheduleAction | 'good', channel: string): string {
  return `roundup:1:${action}:${channel}`
}

/** A button that takes back what was set up, and holds what was there before: within Discord's 100 characters. */
export function encodeCancelId(made: Schedule, before: Schedule | undefined): string {
  return `roundup:1:cancel:${made.channel}:${markOf(made)}:${before ? pack(before) : ''}`
}

/** Undefined for anything else. */
export function decodeScheduleId(customId: string) {
  const [, action, channel = '', mark, earlier = ''] = shape.exec(customId) ?? []
  if (!action || (action === 'cancel') !== (mark !== undefined)) return undefined
  const before = unpack(earlier, channel)
  if (earlier && !before) return undefined
  return { action: action as ScheduleAction | 'good' | 'cancel', channel, mark, before }
}

/** The same for the same settings. */
export function markOf(schedule: Schedule): string {
  return createHash('sha256').update(pack(schedule)).digest('base64url').slice(0, 6)
}

function pack({ every, weekday, hour, skipEmpty, hideExplicit, paused, timezone }: Schedule): string {
  const flags = `${Number(skipEmpty)}${Number(hideExplicit)}${paused === null ? 'r' : 'p'}`
  return `${every === 'week' ? 'w' : 'm'}${weekday}${hour.toString(36)}${flags}${timezone}`
}

function unpack(text: string, channel: string): { settings: Settings; isPaused: boolean } | undefined {
  const [, every, weekday, hour = '', skips, hides, state, timezone = ''] = packed.exec(text) ?? []
  if (!every || timezoneBehind(timezone) === undefined) return undefined
  const time = { weekday: Number(weekday), hour: Number.parseInt(hour, 36), timezone } as const
  const kind = { every: every === 'w' ? 'week' : 'month' } as const
  const settings = { ...kind, ...time, channel, skipEmpty: skips === '1', hideExplicit: hides === '1' }
  return { settings, isPaused: state === 'p' }
}
