import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { managedServerOf, postable } from '../../src/views/roundup-settings.ts'
import { actOnSchedule } from '../../src/views/schedule-messages.ts'

export default {
  data: {
    name: 'pause',
    options: [{ type: Type.Channel, name: 'channel', channel_types: postable }],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const server = managedServerOf(interaction)
    const channel = interaction.options.getChannel('channel')?.id
    return { kind: 'message', ephemeral: true, ...(await actOnSchedule(app, server, 'pause', channel, t)) }
  },
} satisfies Subcommand
