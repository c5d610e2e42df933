import { ApplicationCommandOptionType } from 'discord.js'
import type { Command } from '../src/command.ts'
import { everywhere, linkButton, row } from '../src/views/components.ts'

export default {
  data: {
    name: 'link',
    description: 'Connect your Spotify account',
    ...everywhere,
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'client-id',
        description: 'Only with a Spotify app of your own: its Client ID',
        max_length: 100,
      },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    // Somebody who has brought an app of their own keeps it when they link again.
    const clientId = interaction.options.getString('client-id') ?? (await app.accounts.ownClientId(interaction.user.id))
    const url = await app.invitations.create(interaction.user.id, interaction.token, { clientId })
    const how = clientId === undefined ? '' : 'It goes through your own Spotify app. '
    return {
      kind: 'message',
      ephemeral: true,
      content:
        'Connect your Spotify account in the browser: first Discord asks who you are, then Spotify asks what I may read. ' +
        `${how}Nobody sees your songs unless you share them.`,
      components: [row(linkButton('Link Spotify', url))],
    }
  },
} satisfies Command
