import { ComponentType, type APIButtonComponent, type APIComponentInContainer } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import type { Song } from '../spotify/parse.ts'
import { button, linkButton, row, text } from './components.ts'
import { encodePageId, longestQuery } from './page-id.ts'
import { isolated, plainText, sanitize } from './sanitize.ts'
import { saveButton, trackName } from './save-track.ts'
import { accent, unreadLine, type Answer, type ViewContext } from './song-list.ts'
import { coverOf, timestamp, writtenSong } from './song.ts'

/** One song out of all, with "Another". */
export async function randomSong(app: App, context: ViewContext): Promise<Answer> {
  const { request, ephemeral, caller = request.viewer, t } = context
  const { owner, ownerName } = request
  const { song, number, total, unread } = await app.access(request, (library) => library.random(owner))
  const answer = { kind: 'message', ephemeral } as const
  const none = caller === owner ? t('liked.empty') : t('liked.empty.other', { owner: `<@${owner}>` })
  if (!song) return { ...answer, content: total > 0 ? t('random.missing') : none }
  const place = t('random.place', { number, count: total })
  // No author line is left to read the name from when it is pressed.
  const name = plainText(ownerName, longestQuery)
  const another = encodePageId({ version: 2, owner, offset: 0, action: 'another', query: name })
  const buttons = row(
    ...(song.url ? [linkButton(t('button.openSpotify'), song.url)] : []),
    ...(ephemeral && caller === owner ? [] : saveButton(song, t)),
    button(t('button.another'), another, { style: 'Primary' }),
  )
  // An id of an earlier release has no name.
  const whose = text(`**${sanitize(ownerName, 80) || `<@${owner}>`}**`)
  const components = [whose, ...songParts(song, t), smallPrint(song, t, place, unread), buttons]
  return { ...answer, layout: [{ type: ComponentType.Container, accent_color: accent, components }] }
}

/** A track, by its id, that the person has just saved, as it is among their newest; `undo` takes that back. */
export async function savedSong(
  app: App,
  person: string,
  id: string,
  t: Translate,
  undo: APIButtonComponent,
): Promise<MessageBody | undefined> {
  // It has been saved, whatever comes of showing it.
  const newest = await app.library.newest(person, { offset: 0 }).catch(() => undefined)
  const song = newest?.songs.find(({ url }) => url?.endsWith(`/${id}`))
  if (!song?.url) return undefined
  const components = [
    text(t('save.done', { song: trackName({ save: id, title: song.title }, t) })),
    ...songParts(song, t),
    smallPrint(song, t),
    row(linkButton(t('button.openSpotify'), song.url), undo),
  ]
  return { layout: [{ type: ComponentType.Container, accent_color: accent, components }] }
}

/** A large cover, the title as a heading, artists and album. */
function songParts(song: Song, t: Translate): APIComponentInContainer[] {
  const { album, cover } = song
  const items = [{ media: { url: cover ?? '' }, description: coverOf(song, t) }]
  const from = isolated(120, (max) => sanitize(album, max))
  const lines = writtenSong({ ...song, addedAt: undefined }, t, { allArtists: true }).split('\n-# ')
  return [
    ...(cover ? [{ type: ComponentType.MediaGallery as const, items }] : []),
    text([`## ${lines[0]}`, ...lines.slice(1), ...(from ? [t('random.album', { album: from })] : [])].join('\n')),
  ]
}

/** When it was liked, and which one it is. */
function smallPrint({ addedAt }: Song, t: Translate, place?: string, unread = 0): APIComponentInContainer {
  const liked = addedAt === undefined ? undefined : t('random.liked', { date: timestamp(addedAt, 'D') })
  const line = [liked, place, 'Spotify'].filter(Boolean).join(' · ')
  return text([line, ...(unread > 0 ? [unreadLine(unread, t)] : [])].map((note) => `-# ${note}`).join('\n'))
}
