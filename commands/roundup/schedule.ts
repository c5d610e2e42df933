import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { timezoneChoices } from '../../src/views/dates.ts'
import { scheduleRoundup } from '../../src/views/roundup-messages.ts'
import { checkManager, postable, serverOf } from '../../src/views/roundup-settings.ts'
import { dayChoices } from '../../src/views/roundup-text.ts'

export default {
  data: {
    name: 'schedule',
    description: 'Post it every week; for whoever may manage the server',
    options: [
      { type: Type.Channel, name: 'channel', description: 'Where', required: true, channel_types: [...postable] },
      { type: Type.String, name: 'weekday', description: 'On which day', required: true, choices: dayChoices },
      {
        type: Type.Integer,
        name: 'hour',
        description: 'At which hour, 0 to 23',
        required: true,
        min_value: 0,
        max_value: 23,
      },
      {
        type: Type.String,
        name: 'timezone',
        description: 'By the clocks of which city',
        required: true,
        autocomplete: true,
        max_length: 60,
      },
      { type: Type.Boolean, name: 'skip-empty', description: 'Post nothing after a week without songs' },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    checkManager(interaction)
    return scheduleRoundup(app, interaction, serverOf(interaction))
  },

  async autocomplete(interaction) {
    return timezoneChoices(interaction.options.getFocused())
  },
} satisfies Subcommand
