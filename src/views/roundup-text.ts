import type { MessageBody } from '../command.ts'
import type { Schedule } from '../roundups/roundups.ts'
import type { Song } from '../spotify/parse.ts'
import { button, row } from './components.ts'
import { joinId, leaveId } from './roundup-id.ts'
import { accent } from './song-list.ts'
import { songLine, timestamp } from './song.ts'

const shows =
  'Roundups show everybody in **this server** which songs you liked lately, with your name beside them: ' +
  'all that others liked too, and else your newest three, ' +
  'in `/roundup now`, and in the weekly post where there is one. Your other songs stay yours.'

/** What joining means, and what would be shown today, before somebody confirms. */
export function joinPreview(newest: readonly Song[]): MessageBody {
  const songs = newest.length > 0 ? newest.map(songLine) : ['Nothing liked in the last seven days.']
  const description = ['**Your part today**', ...songs].join('\n')
  return {
    content: `${shows} You can leave at any time, and the roundups of the last week stop showing your songs too.`,
    embeds: [{ color: accent, description, footer: { text: 'Spotify' } }],
    components: [row(button('Join', joinId, { style: 'Success' }))],
  }
}

/** For somebody who takes part. */
export function joinedBody(isNew: boolean): MessageBody {
  return {
    content: isNew
      ? 'You take part now. Roundups in **this server** show your newest likes from here on.'
      : `You take part already. ${shows}`,
    components: [row(button('Leave', leaveId))],
  }
}

export function leftBody(tookPart: boolean): MessageBody {
  return {
    content: tookPart
      ? 'You take no part any more. Roundups here show nothing of yours from now on, and those of the last week lose it, wherever I may still change them.'
      : 'You take no part in the roundups of this server.',
  }
}

/** When and where the next one comes, in everybody's own time. */
export function scheduleLine({ channel, weekday, hour, timezone, dueAt, skipEmpty }: Schedule): string {
  return (
    `Every ${days[weekday]} at ${String(hour).padStart(2, '0')}:00 (${timezone}) in <#${channel}>` +
    `${skipEmpty ? ', except after weeks without songs' : ''}. Next: ${timestamp(dueAt, 'F')}, ${timestamp(dueAt, 'R')}.`
  )
}

/** The same, or why there is none. */
export function scheduleStatus(schedule: Schedule): string {
  const { paused, channel } = schedule
  if (!paused) return scheduleLine(schedule)
  if (paused === 'channel closed')
    return `The weekly roundup is paused, because I could not post in <#${channel}> for three weeks. \`/roundup schedule\` chooses another channel.`
  return 'The weekly roundup is paused. `/roundup resume` brings it back.'
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** The days to choose from, Monday first. */
export const dayChoices = [...days.slice(1), days[0]].map((name) => ({ name, value: name }))

/** 0 for Sunday to 6; undefined for anything but an English name. */
export function dayNamed(name: string): number | undefined {
  const index = days.findIndex((day) => day.toLowerCase() === name.trim().toLowerCase())
  return index < 0 ? undefined : index
}
