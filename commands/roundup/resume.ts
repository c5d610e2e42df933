import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { managedServerOf, scheduleLine } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'resume' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const schedule = await app.roundups.resume(managedServerOf(interaction))
    if (!schedule) throw new UserError('schedule.none')
    return { kind: 'message', ephemeral: true, content: scheduleLine(schedule, t) }
  },
} satisfies Subcommand
