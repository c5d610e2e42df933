import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
import { longestQuery } from '../../src/views/page-id.ts'
import { searchChoices } from '../../src/views/song-choices.ts'
import { foundSongs } from '../../src/views/song-messages.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

const suggested = { autocomplete: true, max_length: longestQuery } as const

export default songSubcommand({
  data: {
    name: 'search',
    options: [{ type: Type.String, name: 'query', required: true, ...suggested }, ...songOptions],
  },

  async show(app, context, options) {
    const query = options.getString('query', true).replace(/\s+/g, ' ').trim().slice(0, longestQuery)
    if (/[\p{L}\p{N}]/u.test(query)) return foundSongs(app, context, { query: query.toWellFormed() })
    throw new UserError('search.words')
  },

  async autocomplete(interaction, app, t) {
    const typed = interaction.options.getFocused()
    return searchChoices(await app.library.suggest(interaction.user.id, typed), typed, t)
  },
})
