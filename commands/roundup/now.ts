import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { roundupNow } from '../../src/views/roundup-messages.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: {
    name: 'now',
    description: 'What those who take part have liked lately',
    options: [
      { type: Type.Integer, name: 'days', description: 'How far back, 7 days by default', min_value: 1, max_value: 31 },
    ],
  },

  ephemeral: false,
  readOnly: true,

  execute: async (interaction, app) =>
    roundupNow(app, interaction.user.id, serverOf(interaction), interaction.options.getInteger('days'), false),
} satisfies Subcommand
