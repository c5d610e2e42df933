import type { Subcommand } from '../../src/command.ts'
import { withRenewal } from '../../src/views/renewal.ts'

export default {
  data: { name: 'export', description: 'Everything that is stored about you, as a file' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    const { id } = interaction.user
    const [stored, sharing, refused, roundups] = await Promise.all([
      app.accounts.exportData(id),
      app.sharing.servers(id),
      app.sharing.refusals(id),
      app.roundups.about(id),
    ])
    const { takesPartIn, setUp, asked } = roundups
    const isNothing = !stored && sharing.length + refused + takesPartIn.length + setUp.length + asked.length === 0
    // Somebody about whom nothing is stored is not linked, and is told so.
    const link = isNothing ? await app.accounts.get(id) : await app.accounts.find(id)
    const libraryIndex = link ? await app.library.describeIndex(id, link) : null
    const text = `${JSON.stringify({ ...stored, libraryIndex, sharing, questionsRefused: refused, roundups }, undefined, 2)}\n`
    const linked = link ? '' : ' You are not linked; `/link` does that.'
    const content = `This is what is stored about you and your connection. Secrets show as “present”.${linked}`
    const files = [{ name: 'hearsay.json', attachment: Buffer.from(text) }]
    return withRenewal(app, interaction, { kind: 'message', ephemeral: true, content, files })
  },
} satisfies Subcommand
