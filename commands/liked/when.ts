import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { parseDateRange } from '../../src/views/dates.ts'
import { withRenewal } from '../../src/views/renewal.ts'
import { songsByDate } from '../../src/views/song-list.ts'
import { contextOf, isEphemeral, memberOption, privateOption } from '../../src/views/song-options.ts'

export default {
  data: {
    name: 'when',
    description: 'What was liked in a year, a month or on a day',
    options: [
      {
        type: Type.String,
        name: 'date',
        description: '2023, 2023-07 or 2023-07-14',
        required: true,
        max_length: 20,
      },
      memberOption,
      privateOption,
    ],
  },

  ephemeral: isEphemeral,
  readOnly: true,

  async execute(interaction, app) {
    const context = contextOf(interaction)
    const range = parseDateRange(interaction.options.getString('date') ?? '')
    return withRenewal(app, interaction, await songsByDate(app, context, range))
  },
} satisfies Subcommand
