import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { managedServerOf, noSchedule, scheduleLine } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'resume', description: 'Go on with the weekly post' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    const schedule = await app.roundups.resume(managedServerOf(interaction))
    if (!schedule) throw new UserError(noSchedule)
    return { kind: 'message', ephemeral: true, content: scheduleLine(schedule) }
  },
} satisfies Subcommand
