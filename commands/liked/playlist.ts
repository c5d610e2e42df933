import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { makePlaylist } from '../../src/views/playlist.ts'
import { mostSongs } from '../../src/views/playlist-songs.ts'

export default {
  data: {
    name: 'playlist',
    options: [{ type: Type.Integer, name: 'count', min_value: 1, max_value: mostSongs }],
  },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const count = interaction.options.getInteger('count') ?? 100
    // What Discord keeps, a signed request may bring all the same.
    if (!(count >= 1 && count <= mostSongs)) throw new UserError('playlist.count', { most: mostSongs })
    return makePlaylist(app, interaction, { of: 'newest', value: String(count) }, t)
  },
} satisfies Subcommand
