import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { timezoneChoices } from '../../src/views/dates.ts'
import * as settings from '../../src/views/roundup-settings.ts'
import { scheduleAnswer } from '../../src/views/schedule-messages.ts'

const hours = { min_value: 0, max_value: 23 }
const suggested = { autocomplete: true, max_length: 60 } as const

export default {
  data: {
    name: 'schedule',
    options: [
      { type: Type.Channel, name: 'channel', required: true, channel_types: settings.postable },
      { type: Type.String, name: 'weekday', required: true, choices: settings.dayChoices },
      { type: Type.Integer, name: 'hour', required: true, ...hours },
      { type: Type.String, name: 'timezone', required: true, ...suggested },
      { type: Type.String, name: 'every', choices: settings.kindChoices },
      { type: Type.Boolean, name: 'skip-empty' },
      { type: Type.Boolean, name: 'hide-explicit' },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const server = settings.managedServerOf(interaction)
    const { id: channel, canReadHistory } = settings.channelIn(interaction, t)
    const chosen = { ...settings.settingsIn(interaction), channel }
    const hint = canReadHistory ? undefined : t('schedule.history', { channel: `<#${channel}>` })
    return scheduleAnswer(
      app,
      interaction.user.id,
      server,
      { chosen, hint, locale: interaction.guildLocale ?? t.locale },
      t,
    )
  },

  autocomplete: async (interaction) => timezoneChoices(interaction.options.getFocused()),
} satisfies Subcommand
