import { ApplicationCommandOptionType as Type } from 'discord.js'
import { parseDateRange } from '../../src/views/dates.ts'
import { songsByDate } from '../../src/views/song-list.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: {
    name: 'when',
    options: [{ type: Type.String, name: 'date', required: true, max_length: 20 }, ...songOptions],
  },

  async show(app, context, options) {
    return songsByDate(app, context, parseDateRange(options.getString('date', true)))
  },
})
