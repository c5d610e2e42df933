import { createHash } from 'node:crypto'
import { timezoneBehind } from '../roundups/schedule-time.ts'
import type { Schedule, Settings } from '../roundups/roundups.ts'

export type ScheduleAction = 'pause' | 'resume' | 'delete'

const shape = /^roundup:1:(good|cancel|pause|resume|delete):(\d{17,20})(?::([\w-]{6}):(.{0,60}))?$/
const packed = /^([wm])([0-6])([0-9a-n])([01])([01])([prcx])(?:([0-9a-z]{1,13})\.)?(.+)$/
const closed = { paused: 'channel closed', closed: 3 } as const
/** By a letter whether it ran, and why not. */
const states = {
  r: { paused: null },
  p: { paused: 'by somebody' },
  c: { ...closed, failed: 'closed' },
  x: { ...closed, failed: 'refused' },
} as const

/** A button about the schedule of a channel. */
export function encodeScheduleId(action: ScheduleAction | 'good', channel: string): string {
  return `roundup:1:${action}:${channel}`
}

/** A button that takes back what was set up, and holds what was there before: within Discord's 100 characters. */
export function encodeCancelId(made: Schedule, before: Schedule | undefined): string {
  return `roundup:1:cancel:${made.channel}:${markOf(made)}:${before ? pack(before, before.setBy) : ''}`
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

function pack(schedule: Schedule, by: string | null = null): string {
  const { every, weekday, hour, skipEmpty, hideExplicit, timezone } = schedule
  const flags = `${Number(skipEmpty)}${Number(hideExplicit)}${stateOf(schedule)}`
  const who = by === null ? '' : `${BigInt(by).toString(36)}.`
  return `${every === 'week' ? 'w' : 'm'}${weekday}${hour.toString(36)}${flags}${who}${timezone}`
}

function stateOf({ paused, failed }: Schedule): keyof typeof states {
  if (paused === 'channel closed') return failed === 'refused' ? 'x' : 'c'
  return paused === null ? 'r' : 'p'
}

function unpack(text: string, channel: string) {
  const [, every, weekday, hour = '', skips, hides, state = 'r', by = '', timezone = ''] = packed.exec(text) ?? []
  if (!every || timezoneBehind(timezone) === undefined) return undefined
  const time = { weekday: Number(weekday), hour: Number.parseInt(hour, 36), timezone } as const
  const kind = { every: every === 'w' ? 'week' : 'month' } as const
  const settings: Settings = { ...kind, ...time, channel, skipEmpty: skips === '1', hideExplicit: hides === '1' }
  const setBy = Array.from(by).reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n)
  return { settings, setBy: by === '' ? null : String(setBy), state: states[state as keyof typeof states] }
}
