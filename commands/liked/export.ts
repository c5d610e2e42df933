import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { formatChoices, likedFile } from '../../src/views/liked-file.ts'
import { withRenewal } from '../../src/views/renewal.ts'

export default {
  data: { name: 'export', options: [{ type: Type.String, name: 'format', choices: formatChoices }] },
  ephemeral: true,
  readOnly: true,

  async execute(interaction, app, t) {
    const format = interaction.options.getString('format') === 'json' ? 'json' : 'csv'
    return withRenewal(app, interaction, await likedFile(app, interaction, format, t))
  },
} satisfies Subcommand
