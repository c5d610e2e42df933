import type { Subcommand } from '../../src/command.ts'
import { withRenewal } from '../../src/views/renewal.ts'
import { sharingSettings } from '../../src/views/sharing-settings.ts'

export default {
  data: { name: 'sharing' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const settings = await sharingSettings(interaction.user.id, interaction.guildId, app, t)
    return withRenewal(app, interaction, { kind: 'message', ephemeral: true, ...settings })
  },
} satisfies Subcommand
