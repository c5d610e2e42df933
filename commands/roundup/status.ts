import type { Subcommand } from '../../src/command.ts'
import { scheduleStatus, serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'status' },
  ephemeral: true,
  readOnly: true,

  async execute(interaction, app, t) {
    const server = serverOf(interaction)
    const [schedule, members, takesPart] = await Promise.all([
      app.roundups.schedule(server),
      app.roundups.members(server),
      app.roundups.takesPart(interaction.user.id, server),
    ])
    const who = t('roundup.members', { count: members })
    const self = t(takesPart ? 'roundup.self' : 'roundup.self.not')
    return { kind: 'message', ephemeral: true, content: `${scheduleStatus(schedule, t)}\n${who} ${self}` }
  },
} satisfies Subcommand
