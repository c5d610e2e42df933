import { ApplicationCommandOptionType } from 'discord.js'
import type { Command } from '../src/command.ts'
import { everywhere, linkButton, row } from '../src/views/components.ts'

export default {
  data: {
    name: 'link',
    ...everywhere,
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'client-id',
        max_length: 100,
      },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    // Somebody who has brought an app of their own keeps it when they link again.
    const clientId = interaction.options.getString('client-id') ?? (await app.accounts.ownClientId(interaction.user.id))
    const url = await app.invitations.create(interaction.user.id, interaction.token, { clientId })
    return {
      kind: 'message',
      ephemeral: true,
      content: t(clientId === undefined ? 'link.intro' : 'link.intro.ownApp'),
      components: [row(linkButton(t('button.link'), url))],
    }
  },
} satisfies Command
