import type { Subcommand } from '../../src/command.ts'
import { accountStatus } from '../../src/views/account-status.ts'

export default {
  data: { name: 'status' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    return { kind: 'message', ephemeral: true, ...(await accountStatus(app, interaction, t)) }
  },
} satisfies Subcommand
