import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { checkManager, noSchedule, serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'pause', description: 'Stop the weekly post for a while' },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    checkManager(interaction)
    if (!(await app.roundups.pause(serverOf(interaction)))) throw new UserError(noSchedule)
    const content = 'Paused. `/roundup resume` brings the weekly roundup back.'
    return { kind: 'message', ephemeral: true, content }
  },
} satisfies Subcommand
