import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { roundupNow } from '../../src/views/roundup-messages.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: {
    name: 'now',
    options: [{ type: Type.Integer, name: 'days', min_value: 1, max_value: 31 }],
  },

  ephemeral: false,
  readOnly: true,

  execute: async (interaction, app, t) =>
    roundupNow(app, interaction.user.id, serverOf(interaction), interaction.options.getInteger('days'), false, t),
} satisfies Subcommand
