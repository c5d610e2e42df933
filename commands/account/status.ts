import type { Subcommand } from '../../src/command.ts'
import { accountStatus } from '../../src/views/account-status.ts'

export default {
  data: { name: 'status' },
  ephemeral: true,
  readOnly: false,

  async execute({ user: { id: person }, guildId: server, token }, app, t) {
    return { kind: 'message', ephemeral: true, ...(await accountStatus(app, { person, server, token }, t)) }
  },
} satisfies Subcommand
