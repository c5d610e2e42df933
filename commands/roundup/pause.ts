import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { managedServerOf, noSchedule } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'pause', description: 'Stop the weekly post for a while' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    if (!(await app.roundups.pause(managedServerOf(interaction)))) throw new UserError(noSchedule)
    return { kind: 'message', ephemeral: true, content: 'Paused. `/roundup resume` brings the weekly roundup back.' }
  },
} satisfies Subcommand
