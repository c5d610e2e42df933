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
    description: 'Post it every week; for whoever may manage the server',
    options: [
      { type: Type.Channel, name: 'channel', description: 'Where', required: true, channel_types: settings.postable },
      { type: Type.String, name: 'weekday', description: 'On which day', required: true, choices: settings.dayChoices },
      { type: Type.Integer, name: 'hour', description: 'At which hour, 0 to 23', required: true, ...hours },
      { type: Type.String, name: 'timezone', description: 'By the clocks of which city', required: true, ...suggested },
      { type: Type.Boolean, name: 'skip-empty', description: 'Post nothing after a week without songs' },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    const server = settings.managedServerOf(interaction)
    const { id: channel, canReadHistory } = settings.channelIn(interaction)
    const chosen = { ...settings.settingsIn(interaction), channel }
    const line = settings.scheduleLine(await app.roundups.setUp(server, chosen, interaction.user.id))
    const hint = `-# With Read Message History in <#${channel}> I could make sure after a crash that nothing is posted twice.`
    const content = canReadHistory ? line : `${line}\n${hint}`
    return { kind: 'message', ephemeral: true, content, components: [row(button('Preview', previewId))] }
  },

  autocomplete: async (interaction) => timezoneChoices(interaction.options.getFocused()),
} satisfies Subcommand
