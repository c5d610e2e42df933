import type { Subcommand } from '../../src/command.ts'
import { leftLine } from '../../src/views/roundup-messages.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'leave' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const left = await app.roundups.leave(interaction.user.id, serverOf(interaction))
    return { kind: 'message', ephemeral: true, content: leftLine(left, t) }
  },
} satisfies Subcommand
