import type { Subcommand } from '../../src/command.ts'
import { withRenewal } from '../../src/views/renewal.ts'

export default {
  data: { name: 'export', description: 'Everything that is stored about you, as a file' },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    const { id } = interaction.user
    const text = `${JSON.stringify(await app.exportData(id), undefined, 2)}\n`
    const linked = (await app.accounts.find(id)) ? '' : ' You are not linked; `/link` does that.'
    const content = `This is what is stored about you and your connection. Secrets show as “present”.${linked}`
    const files = [{ name: 'hearsay.json', attachment: Buffer.from(text) }]
    return withRenewal(app, interaction, { kind: 'message', ephemeral: true, content, files })
  },
} satisfies Subcommand
