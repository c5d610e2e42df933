import type { Subcommand } from '../../src/command.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'
import { leftBody } from '../../src/views/roundup-text.ts'

export default {
  data: { name: 'leave', description: 'Take part no longer, also in what was posted' },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    const left = await app.roundups.leave(interaction.user.id, serverOf(interaction))
    return { kind: 'message', ephemeral: true, ...leftBody(left) }
  },
} satisfies Subcommand
