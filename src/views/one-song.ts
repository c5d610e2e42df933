import type { APIEmbed, APIEmbedAuthor } from 'discord-api-types/v10'
import type { Song } from '../spotify/parse.ts'
import type { MessageBody } from '../command.ts'
import { button, linkButton, row } from './components.ts'
import { sanitize } from './sanitize.ts'
import { encodePageId } from './page-id.ts'
import { saveButton } from './save-track.ts'
import { accent } from './song-list.ts'
import { count, songLine } from './song.ts'

/** One song out of somebody's library, with "Another". */
export function oneSong(
  { song, number, total }: { readonly song: Song; readonly number: number; readonly total: number },
  owner: { readonly id: string; readonly author: APIEmbedAuthor | undefined },
): MessageBody {
  const another = encodePageId({ owner: owner.id, offset: 0, anchor: undefined, market: undefined, action: 'another' })
  const open = song.url ? [linkButton('OPEN SPOTIFY', song.url)] : []
  return {
    embeds: [embed(song, number, total, owner.author)],
    components: [row(button('Another', another, { style: 'primary' }), ...saveButton(song), ...open)],
  }
}

function embed(song: Song, number: number, total: number, author: APIEmbedAuthor | undefined): APIEmbed {
  const album = sanitize(song.album, 120)
  return {
    color: accent,
    ...(author && { author }),
    description: [`**${count(number)}.** ${songLine(song)}`, ...(album ? [`from ${album}`] : [])].join('\n'),
    ...(song.cover && { thumbnail: { url: song.cover } }),
    footer: { text: `One of ${count(total)} liked songs · Spotify` },
  }
}
