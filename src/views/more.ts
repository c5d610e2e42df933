import type { ComponentInteraction, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { likedFile } from './liked-file.ts'
import { randomSong } from './song-card.ts'
import { makePlaylist, newestPlaylist } from './playlist.ts'
import { authorLine } from './song-list.ts'
import { memoriesOfToday } from './song-messages.ts'

/** What was chosen under More: about the songs of the person who chooses, and for them alone. */
export async function moreChosen(interaction: ComponentInteraction, app: App, t: Translate): Promise<Reply> {
  const { user, guildId } = interaction
  const [chosen] = interaction.isStringSelectMenu() ? interaction.values : []
  const request = { viewer: user.id, owner: user.id, server: guildId, ownerName: user.displayName }
  const context = { request, author: authorLine(user), logoUrl: app.logoUrl, ephemeral: true, t }
  if (chosen === 'memories') return memoriesOfToday(app, context)
  if (chosen === 'random') return randomSong(app, context)
  if (chosen === 'playlist') return makePlaylist(app, interaction, newestPlaylist, t)
  if (chosen === 'file') return likedFile(app, interaction, 'csv', t)
  throw new UserError('liked.fresh')
}
