import { ComponentType, type APIComponentInContainer } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import type { Song } from '../spotify/parse.ts'
import { button, linkButton, row, text } from './components.ts'
import { encodePageId } from './page-id.ts'
import { isolated, sanitize } from './sanitize.ts'
import { saveButton, trackName, type ChosenTrack } from './save-track.ts'
import { accent, unreadLine, type Answer, type ViewContext } from './song-list.ts'
import { coverOf, timestamp, writtenSong } from './song.ts'

/** One song out of all, with "Another". */
export async function randomSong(app: App, context: ViewContext): Promise<Answer> {
  const { request, ephemeral, caller = request.viewer, t } = context
  const { owner } = request
  const { song, number, total, unread } = await app.access(request, (library) => library.random(owner))
  const answer = { kind: 'message', ephemeral } as const
  if (!song) return { ...answer, content: t(total > 0 ? 'random.missing' : 'random.empty') }
  const person = `<@${owner}>`
  const liked =
    song.addedAt === undefined
      ? t('random.liked', { person })
      : t('random.liked.date', { person, date: timestamp(song.addedAt, 'D') })
  const notes = [
    [liked, t('random.place', { number, count: total }), 'Spotify'].join(' · '),
    ...(unread > 0 ? [unreadLine(unread, t)] : []),
  ]
  const another = encodePageId({ version: 2, owner, offset: 0, action: 'another' })
  const buttons = row(
    ...(song.url ? [linkButton(t('button.openSpotify'), song.url)] : []),
    ...(ephemeral && caller === owner ? [] : saveButton(song, t)),
    button(t('button.another'), another, { style: 'Primary' }),
  )
  const components = [...songParts(song, t), text(notes.map((note) => `-# ${note}`).join('\n')), buttons]
  return { ...answer, layout: [{ type: ComponentType.Container, accent_color: accent, components }] }
}

/** A track that the person has just saved, as it is among their newest. */
export async function savedSong(
  app: App,
  person: string,
  { save }: ChosenTrack,
  t: Translate,
): Promise<MessageBody | undefined> {
  // It has been saved, whatever comes of showing it.
  const newest = await app.library.newest(person, { offset: 0 }).catch(() => undefined)
  const song = newest?.songs.find(({ url }) => url?.endsWith(`/${save}`))
  if (!song?.url) return undefined
  const components = [
    text(t('save.done', { song: trackName({ save, title: song.title }, t) })),
    ...songParts(song, t),
    row(linkButton(t('button.openSpotify'), song.url)),
  ]
  return { layout: [{ type: ComponentType.Container, accent_color: accent, components }] }
}

/** A large cover, the title as a heading, artists and album. */
function songParts(song: Song, t: Translate): APIComponentInContainer[] {
  const { album, cover } = song
  const items = [{ media: { url: cover ?? '' }, description: coverOf(song, t) }]
  const from = isolated(120, (max) => sanitize(album, max))
  const lines = writtenSong({ ...song, addedAt: undefined }, t).split('\n-# ')
  return [
    ...(cover ? [{ type: ComponentType.MediaGallery as const, items }] : []),
    text([`## ${lines[0]}`, ...lines.slice(1), ...(from ? [t('random.album', { album: from })] : [])].join('\n')),
  ]
}
