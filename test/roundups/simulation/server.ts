import type { Settings } from '../../../src/roundups/roundups.ts'
import type { Song } from '../../../src/spotify/parse.ts'
import type { Random } from './random.ts'

export const server = '197038439483310086'
export const manager = '175928847299117063'
export const people = ['175928847299117063', '218430562115657728', '309174882611200031']
export const channels = ['197038439483310087', '402218760019345408']

const timezones = [
  ...['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Africa/Cairo', 'America/Santiago'],
  ...['Australia/Lord_Howe', 'Pacific/Kiritimati', 'Etc/GMT+12', 'Pacific/Chatham'],
]
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** What may be due: the first schedule of the server, and that of its second channel. */
export const keys = [server, `${server}.${channels[1]}`]

/** A weekly or monthly time: any, or one whose hour there has just begun or is about to. */
export function settingsFor(random: Random, time: number, channel: string): Settings {
  const timezone = random.oneOf(timezones)
  const every = random.chance(0.35) ? 'month' : 'week'
  const skipEmpty = random.chance(0.2)
  const isAny = random.chance(0.4)
  const { weekday, hour } = isAny
    ? { weekday: random.between(0, 6), hour: random.between(0, 23) }
    : clock(time, timezone)
  return { channel, every, timezone, weekday, hour, skipEmpty }
}

function clock(time: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' })
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]))
  return { weekday: days.indexOf(parts['weekday'] ?? ''), hour: Number(parts['hour']) }
}

/** Two songs that all have, and one of one's own. */
export function songsOf(person: string, now: number): Song[] {
  const own = people.indexOf(person)
  return [0, 1, 10 + own].map((number) => ({
    uri: `spotify:track:${String(number).padStart(22, '0')}`,
    title: `Song ${number}`,
    artists: ['Somebody'],
    album: 'An album',
    // Before the end of any period that may be posted late.
    addedAt: now - 40 * 24 * 3_600_000 + own * 1000,
    url: undefined,
    cover: undefined,
  }))
}
