import type { Subcommand } from '../../src/command.ts'
import { serverOf } from '../../src/views/roundup-settings.ts'
import { roundupStatus } from '../../src/views/roundup-status.ts'

export default {
  data: { name: 'status' },
  ephemeral: true,
  readOnly: true,

  async execute(interaction, app, t) {
    const server = serverOf(interaction)
    const [schedules, people, isIn, showsAll] = await Promise.all([
      app.roundups.schedules(server),
      app.roundups.people(server),
      app.roundups.takesPart(interaction.user.id, server),
      app.roundups.showsAll(interaction.user.id, server),
    ])
    return { kind: 'message', ephemeral: true, content: roundupStatus({ schedules, people, isIn, showsAll }, t) }
  },
} satisfies Subcommand
