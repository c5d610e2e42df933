import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { checkManager, noSchedule, serverOf } from '../../src/views/roundup-settings.ts'
import { scheduleLine } from '../../src/views/roundup-text.ts'

export default {
  data: { name: 'resume', description: 'Go on with the weekly post' },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    checkManager(interaction)
    const schedule = await app.roundups.resume(serverOf(interaction))
    if (!schedule) throw new UserError(noSchedule)
    return { kind: 'message', ephemeral: true, content: scheduleLine(schedule) }
  },
} satisfies Subcommand
