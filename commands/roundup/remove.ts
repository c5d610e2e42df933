import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { removedLine } from '../../src/views/moderation.ts'
import { managedServerOf } from '../../src/views/roundup-settings.ts'

export default {
  data: {
    name: 'remove',
    options: [
      { type: Type.User, name: 'member', required: true },
      { type: Type.Boolean, name: 'block' },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const server = managedServerOf(interaction)
    const { id: person } = interaction.options.getUser('member', true)
    const keepOut = interaction.options.getBoolean('block')
    const tell = person !== interaction.user.id
    const removed = await app.roundups.remove(person, server, { keepOut, tell })
    return { kind: 'message', ephemeral: true, content: removedLine(person, { removed, keepOut, tell }, t) }
  },
} satisfies Subcommand
