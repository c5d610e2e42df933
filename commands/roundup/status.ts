import type { Subcommand } from '../../src/command.ts'
import { roundupStatus } from '../../src/views/roundup-messages.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'status', description: 'When the next one comes, and who takes part' },

  ephemeral: true,
  readOnly: true,

  async execute(interaction, app) {
    return roundupStatus(app, interaction.user.id, serverOf(interaction))
  },
} satisfies Subcommand
