import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
import { parseDateRange } from '../../src/views/dates.ts'
import { songsByDate } from '../../src/views/song-list.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: {
    name: 'when',
    options: [{ type: Type.String, name: 'date', required: true, max_length: 20 }, ...songOptions],
  },

  async show(app, context, options) {
    const range = parseDateRange(options.getString('date', true), context.t.locale)
    // Where the day begins first, it has begun by fourteen hours earlier than in UTC.
    if (range.from > Date.now() + 14 * 60 * 60 * 1000)
      throw new UserError('when.future', { date: range.nameIn(context.t.locale) })
    return songsByDate(app, context, range)
  },
})
