import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { button, row } from '../../src/views/components.ts'
import { timezoneChoices } from '../../src/views/dates.ts'
import { previewId } from '../../src/views/roundup-id.ts'
import * as settings from '../../src/views/roundup-settings.ts'

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
      { type: Type.Boolean, name: 'skip-empty' },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const server = settings.managedServerOf(interaction)
    const { id: channel, canReadHistory } = settings.channelIn(interaction, t)
    const chosen = { ...settings.settingsIn(interaction), channel }
    const line = settings.scheduleLine(await app.roundups.setUp(server, chosen, interaction.user.id), t)
    const hint = t('schedule.history', { channel: `<#${channel}>` })
    const content = canReadHistory ? line : `${line}\n-# ${hint}`
    return { kind: 'message', ephemeral: true, content, components: [row(button(t('button.preview'), previewId))] }
  },

  autocomplete: async (interaction) => timezoneChoices(interaction.options.getFocused()),
} satisfies Subcommand
