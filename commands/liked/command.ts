import { ApplicationCommandType, MessageFlags } from 'discord.js'
import type { CommandGroup, ComponentInteraction, Reply } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { UserError } from '../../src/errors.ts'
import { everywhere } from '../../src/views/components.ts'
import { parseDateRange } from '../../src/views/dates.ts'
import { decodePageId, encodePageId, pageOf, pageWanted, type PageId } from '../../src/views/page-id.ts'
import { jumpModal, pageTyped } from '../../src/views/pagination.ts'
import { saveTrack, trackToSave } from '../../src/views/save-track.ts'
import {
  authorIn,
  nameIn,
  newestSongs,
  songsByDate,
  songsPage,
  type Answer,
  type ViewContext,
} from '../../src/views/song-list.ts'
import { randomSong, savedSong } from '../../src/views/song-card.ts'
import { foundPage } from '../../src/views/song-messages.ts'
import { contextOf } from '../../src/views/song-options.ts'

export default {
  data: { name: 'liked', description: 'Liked songs from Spotify', ...everywhere },

  order: ['recent', 'search', 'random', 'when'],

  contextMenus: {
    'Liked songs': {
      data: { type: ApplicationCommandType.User, name: 'Liked songs', ...everywhere },
      readOnly: true,
      execute: async (interaction, app) => newestSongs(app, contextOf(interaction)),
    },
  },

  readOnlyComponents: /^liked:(?!save)/,

  async component(interaction, app) {
    const track = trackToSave(interaction.customId, interaction.isStringSelectMenu() ? interaction.values : [])
    const { id: person } = interaction.user
    if (track) return saveTrack(app, person, track, () => savedSong(app, person, track))
    const id = decodePageId(interaction.customId)
    if (!id)
      throw new UserError('This button is from another version of Hearsay. Use `/liked recent` for a fresh page.')
    return turn(interaction, id, app)
  },
} satisfies CommandGroup

async function turn(interaction: ComponentInteraction, id: PageId, app: App): Promise<Reply> {
  const { user, guildId, message } = interaction
  // Only a modal that a command has opened is on no message.
  const isOnEphemeral = message?.flags.has(MessageFlags.Ephemeral) ?? true
  const asker = message?.interactionMetadata?.user
  const caller = asker?.id
  const mayTurn = isOnEphemeral || [id.owner, caller].includes(user.id)
  const inPlace = mayTurn && id.action !== 'browse'
  const author = authorIn(message)
  // A message of components has no author line.
  const ownerName = nameIn(author) || (caller === id.owner ? (asker?.displayName ?? '') : '')
  const request = { viewer: user.id, owner: id.owner, server: guildId, ownerName }
  const context = { request, author, ephemeral: isOnEphemeral || !inPlace, caller: inPlace ? caller : undefined }
  if (id.action === 'jump') {
    const modal = jumpModal(encodePageId({ ...id, action: 'go' }), pageOf(id), id.pages)
    return app.access({ ...request, isHurried: true }, async () => ({ kind: 'modal', modal }))
  }
  if (id.action === 'go') await app.access(request, async () => undefined)
  const answer = await pageFor(interaction, id, context, app)
  // Somebody who may look but not turn this page gets a copy of their own.
  return inPlace ? { ...answer, kind: 'update' } : answer
}

function pageFor(interaction: ComponentInteraction, id: PageId, context: ViewContext, app: App): Promise<Answer> {
  const { action, query, market } = id
  if (action === 'another') return randomSong(app, context)
  const range = id.range === undefined ? undefined : parseDateRange(id.range)
  if (action === 'refresh' && range) return songsByDate(app, context, range)
  if (action === 'refresh' && !query) return newestSongs(app, context, market)
  const { offset, anchor } = pageWanted(id)
  const where =
    action === 'go' ? { offset: app.library.offsetOfPage(pageTyped(interaction)), anchor } : { offset, anchor }
  if (!query) return songsPage(app, context, { ...where, market }, range)
  return foundPage(app, context, query, action === 'refresh' ? { offset: 0 } : where)
}
