import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { managedServerOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'pause' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    if (!(await app.roundups.pause(managedServerOf(interaction)))) throw new UserError('schedule.none')
    return { kind: 'message', ephemeral: true, content: t('schedule.paused.now') }
  },
} satisfies Subcommand
