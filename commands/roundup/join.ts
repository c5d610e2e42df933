import type { Subcommand } from '../../src/command.ts'
import { joinQuestion } from '../../src/views/roundup-messages.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'join', description: 'Take part: see first what would be shown, and where' },
  ephemeral: true,
  readOnly: false,

  execute: async (interaction, app) => joinQuestion(app, interaction.user.id, serverOf(interaction)),
} satisfies Subcommand
