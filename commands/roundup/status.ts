import type { Subcommand } from '../../src/command.ts'
import { scheduleStatus, serverOf } from '../../src/views/roundup-settings.ts'

export default {
  data: { name: 'status', description: 'When the next one comes, and who takes part' },
  ephemeral: true,
  readOnly: true,

  async execute(interaction, app) {
    const server = serverOf(interaction)
    const [schedule, members, takesPart] = await Promise.all([
      app.roundups.schedule(server),
      app.roundups.members(server),
      app.roundups.takesPart(interaction.user.id, server),
    ])
    const who = members === 1 ? '1 member takes part' : `${members} members take part`
    const self = takesPart ? 'You take part.' : 'You take no part; `/roundup join` changes that.'
    return { kind: 'message', ephemeral: true, content: `${scheduleStatus(schedule)}\n${who}. ${self}` }
  },
} satisfies Subcommand
