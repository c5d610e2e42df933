import { ApplicationCommandType, MessageFlags, type UserContextMenuCommandInteraction } from 'discord.js'
import type { CommandGroup, ComponentInteraction, Reply } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { UserError } from '../../src/errors.ts'
import type { Translate } from '../../src/i18n.ts'
import { turnCommon } from '../../src/views/common-pages.ts'
import { everywhere, jumpModal, pageTyped } from '../../src/views/components.ts'
import { parseDateRange } from '../../src/views/dates.ts'
import { decodePageId, encodePageId, pageOf, pageWanted, type PageId } from '../../src/views/page-id.ts'
import { moreChosen } from '../../src/views/more.ts'
import { pressedPlaylist } from '../../src/views/playlist.ts'
import { songsPressed, songsToSave } from '../../src/views/save-songs.ts'
import { trackToSave } from '../../src/views/save-track.ts'
import {
  authorIn,
  newestSongs,
  songsByDate,
  songsPage,
  type Answer,
  type ViewContext,
} from '../../src/views/song-list.ts'
import { saveSongs } from '../../src/views/saved-songs.ts'
import { randomSong } from '../../src/views/song-card.ts'
import { foundPage } from '../../src/views/song-messages.ts'
import { contextOf } from '../../src/views/song-options.ts'

export default {
  data: { name: 'liked', ...everywhere },

  order: ['recent', 'search', 'artist', 'when', 'memories', 'random', 'common', 'playlist', 'export'],

  contextMenus: {
    'Liked songs': {
      data: { type: ApplicationCommandType.User, name: 'Liked songs', ...everywhere },
      readOnly: true,
      execute: async (interaction: UserContextMenuCommandInteraction, app, t) =>
        newestSongs(app, contextOf(interaction, app, t)),
    },
    'Save songs': {
      data: { type: ApplicationCommandType.Message, name: 'Save songs', ...everywhere },
      readOnly: true,
      execute: songsToSave,
    },
  },

  readOnlyComponents: /^liked:(?!save|songs|playlist|more)/,

  async component(interaction, app, t) {
    const own = app.languages.memo(interaction.locale)
    const other = others.get(interaction.customId.split(':', 2)[1] ?? '')
    if (other) return other(interaction, app, own)
    const id = decodePageId(interaction.customId)
    if (!id) throw new UserError('liked.fresh')
    if (id.list === 'common') return turnCommon(interaction, id, app, t)
    return turn(interaction, id, app, t)
  },
} satisfies CommandGroup

/** What turns no page, by what follows the command's name in its id. */
const others = new Map<string, (interaction: ComponentInteraction, app: App, t: Translate) => Promise<Reply>>([
  ['save', trackChosen],
  ['songs', songsPressed],
  ['playlist', pressedPlaylist],
  ['playlist-now', pressedPlaylist],
  ['more', moreChosen],
])

async function turn(interaction: ComponentInteraction, id: PageId, app: App, shown: Translate): Promise<Reply> {
  const { user, guildId, message } = interaction
  // Only a modal that a command has opened is on no message.
  const isOnEphemeral = message?.flags.has(MessageFlags.Ephemeral) ?? true
  const asker = message?.interactionMetadata?.user
  const caller = asker?.id
  const mayTurn = isOnEphemeral || [id.owner, caller].includes(user.id)
  const inPlace = mayTurn && id.action !== 'browse'
  const author = authorIn(message)
  // A message of components has no author line.
  const named = id.action === 'another' ? id.query : undefined
  const ownerName = author?.name || named || (caller === id.owner ? (asker?.displayName ?? '') : '')
  const request = { viewer: user.id, owner: id.owner, server: guildId, ownerName }
  const own = app.languages.memo(interaction.locale)
  const ephemeral = isOnEphemeral || !inPlace
  const { logoUrl } = app
  const context = { request, author, logoUrl, ephemeral, ...(inPlace ? { caller, t: shown } : { t: own }) }
  if (id.action === 'jump') {
    const modal = jumpModal(encodePageId({ ...id, action: 'go' }), own, pageOf(id), id.pages)
    return app.access({ ...request, isHurried: true }, async () => ({ kind: 'modal', modal }))
  }
  if (id.action === 'go') await app.access(request, async () => undefined)
  const answer = await pageFor(interaction, id, context, app)
  // Somebody who may look but not turn this page gets a copy of their own.
  return inPlace ? { ...answer, kind: 'update' } : answer
}

function pageFor(interaction: ComponentInteraction, id: PageId, context: ViewContext, app: App): Promise<Answer> {
  const { action, list, query, market } = id
  if (action === 'another') return randomSong(app, context)
  const range = id.range === undefined ? undefined : parseDateRange(id.range)
  if (action === 'refresh' && range) return songsByDate(app, context, range)
  if (action === 'refresh' && !query) return newestSongs(app, context, market)
  const { offset, anchor } = pageWanted(id)
  const where =
    action === 'go' ? { offset: app.library.offsetOfPage(pageTyped(interaction)), anchor } : { offset, anchor }
  if (!query) return songsPage(app, context, { ...where, market }, range)
  return foundPage(app, context, { list, query }, action === 'refresh' ? { offset: 0 } : where)
}

async function trackChosen(interaction: ComponentInteraction, app: App, t: Translate): Promise<Reply> {
  const track = trackToSave(interaction.customId, interaction.isStringSelectMenu() ? interaction.values : [])
  if (!track) throw new UserError('liked.fresh')
  return saveSongs(app, interaction, [{ id: track.save, title: track.title }], t)
}
