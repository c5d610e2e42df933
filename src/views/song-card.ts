import { ComponentType, type APIComponentInContainer } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import type { Song } from '../spotify/parse.ts'
import { button, linkButton, row } from './components.ts'
import { encodePageId } from './page-id.ts'
import { isolated, plainText, sanitize } from './sanitize.ts'
import { saveButton } from './save-track.ts'
import { accent, unreadLine, type Answer, type ViewContext } from './song-list.ts'
import { count, timestamp, writtenSong } from './song.ts'

const noneYet = 'There are no liked songs to draw from yet.'

/** One song out of all, with "Another". */
export async function randomSong(app: App, context: ViewContext): Promise<Answer> {
  const { request, ephemeral, caller = request.viewer } = context
  const { owner } = request
  const { song, number, total, unread } = await app.access(request, (library) => library.random(owner))
  const answer = { kind: 'message', ephemeral } as const
  const none = total > 0 ? 'Spotify sent no song to draw. Please try again later.' : noneYet
  if (!song) return { ...answer, content: none }
  const liked = song.addedAt === undefined ? '' : ` on ${timestamp(song.addedAt, 'D')}`
  const notes = [
    `Liked by <@${owner}>${liked} · ${count(number)} of ${count(total)} liked songs · Spotify`,
    ...(unread > 0 ? [unreadLine(unread)] : []),
  ]
  const another = encodePageId({ version: 2, owner, offset: 0, action: 'another' })
  const buttons = row(
    ...(song.url ? [linkButton('OPEN SPOTIFY', song.url)] : []),
    ...(ephemeral && caller === owner ? [] : saveButton(song)),
    button('Another', another, { style: 'Primary' }),
  )
  const components = [...songParts(song), text(notes.map((note) => `-# ${note}`).join('\n')), buttons]
  return { ...answer, layout: [{ type: ComponentType.Container, accent_color: accent, components }] }
}

/** A track that the person has just saved, as it is among their newest. */
export async function savedSong(app: App, person: string, track: string): Promise<MessageBody | undefined> {
  // It has been saved, whatever comes of showing it.
  const newest = await app.library.newest(person, { offset: 0 }).catch(() => undefined)
  const song = newest?.songs.find(({ url }) => url?.endsWith(`/${track}`))
  if (!song?.url) return undefined
  const components = [text('Saved to your liked songs.'), ...songParts(song), row(linkButton('OPEN SPOTIFY', song.url))]
  return { layout: [{ type: ComponentType.Container, accent_color: accent, components }] }
}

/** A large cover, the title as a heading, artists and album. */
function songParts(song: Song): APIComponentInContainer[] {
  const { title, artists, album, cover } = song
  const about = plainText([title, artists.join(', ')].filter(Boolean).join(' by '), 300)
  const items = [{ media: { url: cover ?? '' }, description: `Cover of ${about || 'this song'}` }]
  const from = isolated(120, (max) => sanitize(album, max))
  const lines = writtenSong({ ...song, addedAt: undefined }).split('\n-# ')
  return [
    ...(cover ? [{ type: ComponentType.MediaGallery as const, items }] : []),
    text([`## ${lines[0]}`, ...lines.slice(1), ...(from ? [`from ${from}`] : [])].join('\n')),
  ]
}

function text(content: string): APIComponentInContainer {
  return { type: ComponentType.TextDisplay, content }
}
