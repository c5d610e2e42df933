import type { Subcommand } from '../../src/command.ts'
import { reminderSettings } from '../../src/views/reminder.ts'
import { withRenewal } from '../../src/views/renewal.ts'

export default {
  data: { name: 'reminders' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const settings = await reminderSettings(interaction.user.id, app, t)
    return withRenewal(app, interaction, { kind: 'message', ephemeral: true, ...settings })
  },
} satisfies Subcommand
