import { ComponentType, type Message, type MessageContextMenuCommandInteraction } from 'discord.js'
import { isLinkGone } from '../accounts/errors.ts'
import { mostTracks } from '../accounts/liked-tracks.ts'
import type { ComponentInteraction, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { button, nested, row, type ActionRow } from './components.ts'
import { addressOf, plainTrack, songEmbeds } from './linked-songs.ts'
import { saveButton } from './save-track.ts'
import { linkToSave, saveSongs, undoSaving } from './saved-songs.ts'
import { linkedIn, tracksIn, type LinkedTrack } from './track-links.ts'

const prefix = 'liked:songs:'
const saveAll = `${prefix}all`
/** Two selects of one message need different ids. */
const some = `${prefix}some:`
/** The most that a select takes. */
const mostOptions = 25

/** The songs that a message has links to, and ways to save them. */
export async function songsToSave(
  interaction: MessageContextMenuCommandInteraction,
  app: App,
  t: Translate,
): Promise<Reply> {
  const { user, targetMessage } = interaction
  const { tracks, more, others } = linkedIn(targetMessage)
  const answer = { kind: 'message', ephemeral: true } as const
  const kinds = others.map((kind) => t(kindNames[kind]))
  if (tracks.length === 0)
    return { ...answer, content: kinds.length > 0 ? t('songs.none.others', { kinds }) : t('songs.none') }
  const { liked = [], failure } = await likedOf(app, user.id, tracks)
  const left = tracks.filter(({ id }) => !liked.includes(id))
  const offer = await linkToSave(app, interaction, tracks, failure, t)
  const content = [
    t('songs.found', { count: tracks.length }),
    ...(more > 0 ? [t('songs.more', { count: more })] : []),
    ...(kinds.length > 0 ? [t('songs.others', { kinds })] : []),
    ...(left.length === 0 ? [t('songs.all')] : []),
    ...(failure ? [offer?.content ?? t('songs.unchecked')] : []),
  ]
  const numbered = tracks.map((track, index) => ({ ...track, number: index + 1 }))
  const choices = numbered.filter((track) => left.some(({ id }) => id === track.id))
  const [only] = choices.length === 1 ? choices : []
  const save = only ? saveButton({ url: addressOf(only), title: only.title ?? '' }, t) : []
  const all = choices.length > 1 ? [button(t('button.saveAll', { count: choices.length }), saveAll)] : []
  const buttons = offer ? [] : [...save, ...all]
  return {
    ...answer,
    content: content.join('\n'),
    embeds: songEmbeds(tracks, t, ({ id }) => liked.includes(id)),
    components: [
      ...(choices.length > 1 ? selects(choices, t) : []),
      ...(buttons.length > 0 ? [row(...buttons)] : []),
      ...(offer?.components ?? []),
    ],
    ...(offer && { onSent: offer.onSent }),
  }
}

/** Saves what was chosen under such an answer, or takes back what was saved. */
export async function songsPressed(interaction: ComponentInteraction, app: App, t: Translate): Promise<Reply> {
  const { customId, message } = interaction
  const undone = undoSaving(interaction, app, t)
  if (undone) return undone
  const values = interaction.isStringSelectMenu() ? interaction.values : []
  const ids = customId === saveAll ? choicesOn(message) : customId.startsWith(some) ? values : []
  if (ids.length === 0 || ids.length > mostTracks) throw new UserError('liked.fresh')
  const named = new Map(tracksIn(message).map((track) => [track.id, track]))
  const tracks = [...new Set(ids)].map((id) => named.get(id) ?? { id })
  return saveSongs(app, interaction, tracks, t)
}

/** Which of them the person has, or why that is not known. */
async function likedOf(app: App, person: string, tracks: readonly LinkedTrack[]) {
  try {
    return {
      liked: await app.accounts.likedAmong(
        person,
        tracks.map(({ id }) => id),
      ),
    }
  } catch (failure) {
    const isToLink = isLinkGone(failure)
    if (!isToLink && !errorMessage(failure)) throw failure
    return { failure }
  }
}

function selects(choices: readonly (LinkedTrack & { readonly number: number })[], t: Translate): ActionRow[] {
  const parts = choices.length > mostOptions ? [choices.slice(0, mostOptions), choices.slice(mostOptions)] : [choices]
  return parts.map((part, index) => {
    const [from = 0, to = 0] = [part[0]?.number, part.at(-1)?.number]
    return row({
      type: ComponentType.StringSelect,
      custom_id: `${some}${index}`,
      placeholder: parts.length > 1 ? t('songs.choose.range', { from, to }) : t('songs.choose'),
      min_values: 1,
      max_values: part.length,
      options: part.map((track) => ({ label: `${track.number}. ${plainTrack(track, t, 90)}`, value: track.id })),
    })
  })
}

/** What the selects of such an answer offer. */
function choicesOn(message: Message | null): readonly string[] {
  const all = message?.components.flatMap((one) => nested(one.toJSON())) ?? []
  const options = all.flatMap((one): unknown => Reflect.get(one, 'options') ?? [])
  return options.map((one) => String(Reflect.get(Object(one) as object, 'value')))
}

const kindNames = {
  album: 'songs.kind.album',
  playlist: 'songs.kind.playlist',
  artist: 'songs.kind.artist',
  podcast: 'songs.kind.podcast',
  short: 'songs.kind.short',
} as const
