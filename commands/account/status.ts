import type { Subcommand } from '../../src/command.ts'
import { accountStatus } from '../../src/views/account-status.ts'

export default {
  data: { name: 'status', description: 'Your connection, and all that you share, with a way to end each' },
  ephemeral: true,
  readOnly: false,

  async execute({ user: { id: person }, guildId: server, token }, app) {
    return { kind: 'message', ephemeral: true, ...(await accountStatus(app, { person, server, token })) }
  },
} satisfies Subcommand
