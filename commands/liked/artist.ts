import { ApplicationCommandOptionType as Type } from 'discord.js'
import { longestQuery } from '../../src/views/page-id.ts'
import { artistChoices } from '../../src/views/song-choices.ts'
import { artistSongs } from '../../src/views/song-messages.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

const suggested = { autocomplete: true, max_length: longestQuery } as const

export default songSubcommand({
  data: {
    name: 'artist',
    options: [{ type: Type.String, name: 'artist', required: true, ...suggested }, ...songOptions],
  },

  show: (app, context, options) => artistSongs(app, context, options.getString('artist', true)),

  async autocomplete(interaction, app, t) {
    const typed = interaction.options.getFocused()
    return artistChoices(await app.library.suggestArtists(interaction.user.id, typed), typed, t)
  },
})
