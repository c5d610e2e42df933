import { songLine, timestamp } from './song.ts'
import type { Schedule } from '../roundups/roundups.ts'
import type { Song } from '../spotify/parse.ts'
import type { MessageBody } from '../command.ts'
import { button, row } from './components.ts'
import { accent } from './song-list.ts'

export const joinId = 'roundup:1:join'
export const leaveId = 'roundup:1:leave'
/** What the weekly post would be today, for the presser alone. */
export const previewId = 'roundup:1:preview'

const shows =
  'Roundups show everybody in **this server** which songs you liked lately, with your name beside them: ' +
  'all that others liked too, and else your newest three, ' +
  'in `/roundup now`, and in the weekly post where there is one. Your other songs stay yours.'

/** What joining means, and what would be shown today, before somebody confirms. */
export function joinPreview(newest: readonly Song[]): MessageBody {
  return {
    content: `${shows} You can leave at any time, and the roundups of the last week stop showing your songs too.`,
    embeds: [
      {
        color: accent,
        description: [
          '**Your part today**',
          ...(newest.length > 0 ? newest.map((song) => songLine(song)) : ['Nothing liked in the last seven days.']),
        ].join('\n'),
        footer: { text: 'Spotify' },
      },
    ],
    components: [row(button('Join', joinId, { style: 'success' }))],
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

export function leftBody(took: boolean): MessageBody {
  return {
    content: took
      ? 'You take no part any more. Roundups here show nothing of yours from now on, and those of the last week lose it, wherever I may still change them.'
      : 'You take no part in the roundups of this server.',
  }
}

/** When and where the next one comes, in everybody's own time. */
export function scheduleLine({ channel, weekday, hour, timezone, dueAt, skipEmpty }: Schedule): string {
  return (
    `Every ${nameOfDay(weekday)} at ${String(hour).padStart(2, '0')}:00 (${timezone}) in <#${channel}>` +
    `${skipEmpty ? ', except after weeks without songs' : ''}. Next: ${timestamp(dueAt, 'F')}, ${timestamp(dueAt, 'R')}.`
  )
}

export function pausedLine({ paused, channel }: Schedule): string {
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

function nameOfDay(index: number): string {
  return days[index] ?? ''
}
