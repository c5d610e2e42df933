import type { Translate } from '../i18n.ts'
import type { Schedule } from '../roundups/roundups.ts'
import { scheduleStatus } from './roundup-settings.ts'
import { mentions } from './roundup-songs.ts'

// What Discord takes in a message.
const longest = 2000

interface Status {
  readonly schedules: readonly Schedule[]
  readonly people: readonly string[]
  /** Whether the one who asks has joined. */
  readonly isIn: boolean
  /** Whether they agreed to be shown with everything. */
  readonly showsAll: boolean
}

/** When roundups come, and who is in them: the first twenty by name, or as many as there is room for. */
export function roundupStatus({ schedules, people, isIn, showsAll }: Status, t: Translate): string {
  const all = schedules.map((schedule) => scheduleStatus(schedule, t))
  // Each is a line or two, so that of several it has to be seen where one ends.
  const listed = all.length > 1 ? all.map((one) => `- ${one.replaceAll('\n', '\n  ')}`) : all
  const lines = listed.length > 0 ? listed : [t('schedule.none.status')]
  const self = showsAll ? 'roundup.self' : 'roundup.self.fewer'
  const own = t(isIn ? self : 'roundup.self.not')
  const count =
    people.length > 0 ? `${t('roundup.members', { count: people.length })} ${own}` : t('roundup.members.none')
  const named = (most: number): string[] => {
    const some = people.slice(0, most)
    return some.length > 0 ? [mentions(some, people.length, t)] : []
  }
  const texts = [20, 10, 0].map((most) => [...lines, count, ...named(most)].join('\n'))
  return texts.find((text) => text.length <= longest) ?? (texts.at(-1) ?? '').slice(0, longest)
}
