import type { Subcommand } from '../../src/command.ts'
import { joinQuestion } from '../../src/views/roundup-messages.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'join' },
  ephemeral: true,
  readOnly: false,

  execute: async (interaction, app, t) => joinQuestion(app, interaction.user.id, serverOf(interaction), t),
} satisfies Subcommand
