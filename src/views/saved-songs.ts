import type { APIButtonComponent } from 'discord.js'
import { ConsentEndedError, NotLinkedError } from '../accounts/errors.ts'
import { accountMark, type SavedTracks } from '../accounts/liked-tracks.ts'
import type { ComponentInteraction, MessageBody, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { SongError, UserError } from '../errors.ts'
import { say, type Translate } from '../i18n.ts'
import { ScopeError } from '../spotify/errors.ts'
import { button, linkButton, row } from './components.ts'
import { aboutAnswer, noteAnswer, type LinkedFrom } from './link-offer.ts'
import { idsShown, songEmbeds, tracksName } from './linked-songs.ts'
import { savedSong } from './song-card.ts'
import { tracksIn, type LinkedTrack } from './track-links.ts'

/**
 * With the mark of an account, and until when in seconds. What it takes back is the track behind that, or else what
 * the message shows.
 */
const undo = /^liked:songs:undo:([\da-f]{8}):([\da-z]{1,8})(?::([\dA-Za-z]{22}))?$/
const undoFor = 10 * 60 * 1000

/** Puts tracks into the person's own liked songs, or leads to where they allow it, which saves them as well. */
export async function saveSongs(
  app: App,
  interaction: LinkedFrom,
  tracks: readonly LinkedTrack[],
  t: Translate,
): Promise<Reply> {
  const { user } = interaction
  const answer = { kind: 'message', ephemeral: true } as const
  try {
    const ids = tracks.map(({ id }) => id)
    const done = await app.accounts.saveTracks(user.id, ids)
    const [only] = tracks.length === 1 ? done.saved : []
    const card = only === undefined ? undefined : await savedSong(app, user.id, only, t, undoButton(done, t))
    return { ...answer, ...(card ?? receipt(tracks, done, t)) }
  } catch (error) {
    const offer = await linkToSave(app, interaction, tracks, error, t)
    if (offer) return { ...answer, ...offer }
    throw new SongError(tracksName(tracks, t), error)
  }
}

/** What is wrong where linking mends it: leads through that, and the tracks are saved as well. */
export async function linkToSave(
  app: App,
  interaction: LinkedFrom,
  tracks: readonly LinkedTrack[],
  error: unknown,
  t: Translate,
) {
  const found = reasons.find(([kind]) => error instanceof kind)
  if (!found) return undefined
  const [, key, label] = found
  const { id } = interaction.user
  const clientId = await app.accounts.ownClientId(id)
  const task = { kind: 'save', tracks: tracks.map(({ id, title }) => ({ id, title: title?.slice(0, 100) })) } as const
  const url = await app.invitations.create(id, undefined, { task, clientId, ...aboutAnswer(interaction) })
  return {
    content: t(key, { song: tracksName(tracks, t) }),
    components: [row(linkButton(t(label), url))],
    onSent: noteAnswer(app, url, interaction),
  }
}

const reasons = [
  [NotLinkedError, 'save.link', 'button.link'],
  [ConsentEndedError, 'save.ended', 'button.renew'],
  [ScopeError, 'save.permission', 'button.saving'],
] as const

/** What has been saved, and how that is taken back within ten minutes. */
export function receipt(tracks: readonly LinkedTrack[], done: SavedTracks, t: Translate): MessageBody {
  const { already, unsaved, failure } = done
  const saved = tracks.filter(({ id }) => done.saved.includes(id))
  const song = tracksName(tracks, t)
  const components = saved.length > 0 ? [row(undoButton(done, t))] : []
  if (tracks.length === 1) return { content: t(saved.length > 0 ? 'save.done' : 'save.already', { song }), components }
  const why = failure === undefined ? undefined : errorMessage(failure)
  const count = unsaved.length
  const content = [
    ...(saved.length > 0 ? [t('songs.saved', { count: saved.length })] : []),
    ...(saved.length === 0 && count === 0 ? [t('save.already', { song })] : []),
    ...(already.length > 0 && already.length < tracks.length
      ? [t('songs.saved.already', { count: already.length })]
      : []),
    ...(count > 0
      ? [why ? t('songs.unsaved', { count, sentence: say(t, why.message) }) : t('songs.unknown', { count })]
      : []),
  ]
  return { content: content.join('\n'), embeds: saved.length > 0 ? songEmbeds(saved, t) : [], components }
}

function undoButton({ link, saved }: SavedTracks, t: Translate): APIButtonComponent {
  const until = Math.floor((Date.now() + undoFor) / 1000)
  const parts = [accountMark(link), until.toString(36), ...(saved.length === 1 ? saved : [])]
  return button(t('button.undo'), `liked:songs:undo:${parts.join(':')}`)
}

/** Takes what was saved by such an answer out of the person's liked songs; undefined for another component. */
export function undoSaving(interaction: ComponentInteraction, app: App, t: Translate): Promise<Reply> | undefined {
  const [, account, until = '', only] = undo.exec(interaction.customId) ?? []
  return account === undefined ? undefined : takeBack(interaction, { account, until, only }, app, t)
}

async function takeBack(
  { user, message }: ComponentInteraction,
  { account, until, only }: { readonly account: string; readonly until: string; readonly only: string | undefined },
  app: App,
  t: Translate,
): Promise<Reply> {
  if (Date.now() > parseInt(until, 36) * 1000) throw new UserError('songs.undo.late')
  const ids = only === undefined ? idsShown(message?.embeds ?? []) : [only]
  if (ids.length === 0) throw new UserError('songs.undo.done')
  await app.accounts.removeTracks(user.id, ids, account)
  const track = tracksIn(message).find(({ id }) => id === only) ?? { id: only ?? '' }
  const undone = only === undefined ? t('songs.undone.several', { count: ids.length }) : undefined
  return { kind: 'update', content: undone ?? t('songs.undone', { song: tracksName([track], t) }) }
}
