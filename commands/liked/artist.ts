import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
import { shortName } from '../../src/library/artists.ts'
import { wordsOf } from '../../src/library/normalize.ts'
import { longestQuery } from '../../src/views/page-id.ts'
import { artistChoices, foundSongs } from '../../src/views/song-messages.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

const suggested = { autocomplete: true, max_length: longestQuery } as const

export default songSubcommand({
  data: {
    name: 'artist',
    options: [{ type: Type.String, name: 'artist', required: true, ...suggested }, ...songOptions],
  },

  async show(app, context, options) {
    const query = shortName(options.getString('artist', true), longestQuery)
    // The choice where nothing is typed.
    if (wordsOf(query).length > 0 && query !== '…') return foundSongs(app, context, { list: 'artist', query })
    throw new UserError('artist.name')
  },

  async autocomplete(interaction, app, t) {
    const typed = interaction.options.getFocused()
    return artistChoices(await app.library.suggestArtists(interaction.user.id, typed), typed, t)
  },
})
