import { setTimeout as sleep } from 'node:timers/promises'
import { ConsentEndedError, NotLinkedError, PlaylistError, PublicPlaylistError } from '../accounts/errors.ts'
import type { LinkTask, PlaylistSource } from '../accounts/link-task.ts'
import type { ComponentInteraction, MessageBody, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import { say, type Message, type Translate } from '../i18n.ts'
import { ScopeError } from '../spotify/errors.ts'
import { playlistUrl } from '../spotify/playlists.ts'
import { button, linkButton, row } from './components.ts'
import { parseDateRange } from './dates.ts'
import { aboutAnswer, noteAnswer, type LinkedFrom } from './link-offer.ts'
import { encodePlaylistId } from './page-id.ts'
import { type PlaylistSongs, mostRequests, mostSongs, requestsForLibraries, songsFor } from './playlist-songs.ts'
import { isolated, plainText, sanitize } from './sanitize.ts'
import { authorIn, unreadLine } from './song-list.ts'

/** What is made where nobody has said how many songs. */
export const newestPlaylist: PlaylistSource = { of: 'newest', value: '100' }

/** How long an answer waits before it says how far it is, in milliseconds. */
const patience = 2_000

interface MakeOptions {
  /** The person has been told how many requests it takes. */
  readonly isAgreed?: boolean
  /** The message that was pressed is theirs alone, and becomes the answer. */
  readonly isUpdate?: boolean
}

/**
 * Makes a playlist in the person's own account, or updates the one that was made of the same before; or leads to where
 * they allow that, which makes it as well. For that person alone.
 */
export async function makePlaylist(
  app: App,
  from: LinkedFrom,
  source: PlaylistSource,
  t: Translate,
  { isAgreed = false, isUpdate = false }: MakeOptions = {},
): Promise<Reply> {
  const about = isUpdate ? ({ kind: 'update' } as const) : ({ kind: 'message', ephemeral: true } as const)
  const person = from.user.id
  let progress: Message | undefined
  const making = preparePlaylist(app, person, source, t, { isAgreed, tell: (message) => (progress = message) })
  // Between two answers nobody waits for it.
  making.catch(() => undefined)
  return next()

  async function next(): Promise<Reply> {
    try {
      const made = await Promise.race([making, sleep(patience, undefined, { ref: false })])
      if (!made) {
        const content = say(t, progress ?? { key: 'playlist.reading' })
        return { ...about, content, components: [], continueWith: next }
      }
      return { ...about, ...('needed' in made ? announcement(made.needed, source, t) : shownPlaylist(made, t)) }
    } catch (error) {
      const offered = await permission(app, from, source, error, t)
      if (!offered) throw error
      return { ...about, ...offered }
    }
  }
}

/** How many requests it takes, and the button that goes on. */
export function announcement(count: number, source: PlaylistSource, t: Translate): MessageBody {
  const go = button(t('button.playlist.now'), encodePlaylistId(source, true), { style: 'Primary' })
  return { content: t('playlist.announce', { count }), components: [row(go)] }
}

const shape = /^(liked:playlist|liked:playlist-now):(newest|search|artist|when|common):(.{1,60})$/su
const roundupShape = /^(roundup:1:playlist|roundup:1:playlist-now):([A-Za-z0-9_-]{1,50})$/

/** Undefined for anything else. `server`: where the button is. */
function decodePlaylistId(customId: string, server: string | null) {
  const [, roundupStart, id] = roundupShape.exec(customId) ?? []
  const [, start = roundupStart, of = 'roundup', value = id] = shape.exec(customId) ?? []
  if (start === undefined || value === undefined) return undefined
  if (of === 'newest' && !(/^[1-9]\d{0,3}$/.test(value) && Number(value) <= mostSongs)) return undefined
  const source: PlaylistSource = { of: of as PlaylistSource['of'], value, server: server ?? undefined }
  return { source, isAgreed: start.endsWith('-now') }
}

/** What a button that makes one does. A message that others see stays as it is. */
export async function pressedPlaylist(interaction: ComponentInteraction, app: App, t: Translate): Promise<Reply> {
  const pressed = decodePlaylistId(interaction.customId, interaction.guildId)
  if (!pressed) throw new UserError('liked.fresh')
  const { source, isAgreed } = pressed
  const whole = source.of === 'common' ? inCommonWith(interaction, source) : source
  return makePlaylist(app, interaction, whole, t, { isAgreed, isUpdate: isAgreed })
}

/** Of whom a list of songs in common is tells its message: the owner of the list, or for them the one who has asked. */
function inCommonWith({ user, message }: ComponentInteraction, source: PlaylistSource): PlaylistSource {
  const asker = message?.interactionMetadata?.user
  if (source.value !== user.id) return { ...source, name: authorIn(message)?.name }
  if (!asker || asker.id === user.id) throw new UserError('liked.fresh')
  return { ...source, value: asker.id, name: asker.displayName }
}

/** A playlist as it is now. */
export interface PreparedPlaylist {
  readonly id: string
  readonly isNew: boolean
  readonly name: string
  readonly songs: PlaylistSongs
  readonly source: PlaylistSource
}

interface PrepareOptions {
  readonly isAgreed: boolean
  readonly tell?: (progress: Message) => void
}

/** Rejects with what keeps it from being made; about how many requests it takes, where those have to be told first. */
export async function preparePlaylist(
  app: App,
  person: string,
  source: PlaylistSource,
  t: Translate,
  { isAgreed, tell = () => undefined }: PrepareOptions,
): Promise<PreparedPlaylist | { readonly needed: number }> {
  await app.accounts.playlists.check(person)
  const songs = await songsFor(app, person, source, isAgreed, tell)
  if ('needed' in songs) return songs
  const { uris } = songs
  if (uris.length === 0) throw new UserError('playlist.nothing')
  const name = await nameOf(app, source, songs, t)
  const wanted = { source, name, description: t('playlist.description'), uris }
  const filling = (done: number): void => tell({ key: 'playlist.filling', values: { done, count: uris.length } })
  return { ...(await app.accounts.playlists.fill(person, wanted, filling)), name, songs, source }
}

/** What is said of it in the chat. */
export function shownPlaylist(made: PreparedPlaylist, t: Translate): MessageBody {
  const { id, isNew, name, songs, source } = made
  const { uris, local, odd, unread, isCut } = songs
  const url = playlistUrl(id)
  const playlist = isolated(
    120,
    (max) => sanitize(name, max),
    (text) => `**[${text}](${url})**`,
  )
  const count = uris.length
  const said = isNew ? t('playlist.made', { playlist, count }) : t('playlist.updated', { url, count })
  const notes = [
    ...(local > 0 ? [t('playlist.local', { count: local })] : []),
    ...(odd > 0 ? [t('playlist.odd', { count: odd })] : []),
    ...(unread > 0 ? [unreadLine(unread, t)] : []),
    ...(isCut ? [t('playlist.cut', { most: mostSongs })] : []),
    t(source.of === 'newest' ? 'playlist.again' : 'playlist.again.button'),
  ]
  const content = [said, ...notes.map((note) => `-# ${note}`)].join('\n')
  return { content, components: [row(linkButton(t('button.openSpotify'), url))] }
}

/** What leads through linking, which makes the playlist as well; undefined for what that does not help against. */
async function permission(app: App, from: LinkedFrom, source: PlaylistSource, error: unknown, t: Translate) {
  const cause = error instanceof PlaylistError ? error.cause : error
  const [, key, label] = reasons.find(([kind]) => cause instanceof kind) ?? []
  if (!key) return undefined
  const isLinked = cause instanceof ScopeError || cause instanceof PublicPlaylistError
  const count = mostRequests(source) ?? (isLinked ? await requestsForLibraries(app, from.user.id, source) : undefined)
  const isPublic = cause instanceof PublicPlaylistError
  const task: LinkTask = { kind: 'playlist', source, isPublic, isAgreed: count !== undefined }
  const clientId = await app.accounts.ownClientId(from.user.id)
  const url = await app.invitations.create(from.user.id, undefined, { task, clientId, ...aboutAnswer(from) })
  const content = [t(key), ...(count === undefined ? [] : [`-# ${t('playlist.cost', { count })}`])].join('\n')
  return { content, components: [row(linkButton(t(label), url))], onSent: noteAnswer(app, url, from) }
}

const reasons = [
  [NotLinkedError, 'playlist.link', 'button.link'],
  [ConsentEndedError, 'playlist.ended', 'button.renew'],
  [ScopeError, 'playlist.permission', 'button.playlist.allow'],
  [PublicPlaylistError, 'playlist.public', 'button.playlist.allow'],
] as const

/** What a new one is called, in the language of its owner. */
async function nameOf(
  app: App,
  { of, value, server = '', name: other }: PlaylistSource,
  { until }: PlaylistSongs,
  t: Translate,
): Promise<string> {
  if (of === 'newest') return t('playlist.name.newest')
  if (of === 'roundup') {
    const name = (await app.guilds.nameOf(server)) ?? ''
    const date = new Date(until ?? Date.now()).toLocaleDateString(t.locale, { dateStyle: 'long', timeZone: 'UTC' })
    return name
      ? t('playlist.name.roundup', { server: plainText(name, 60), date })
      : t('playlist.name.roundup.any', { date })
  }
  if (of === 'common') return t('playlist.name.common', { name: plainText(other ?? '', 60) || value })
  const what = of === 'when' ? parseDateRange(value).nameIn(t.locale) : value
  return t('playlist.name.list', { what: plainText(what, 80) })
}
