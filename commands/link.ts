import { ApplicationCommandOptionType } from 'discord-api-types/v10'
import type { Command } from '../src/command.ts'
import { linkButton, row } from '../src/views/components.ts'
import { everywhere } from '../src/views/everywhere.ts'

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

  async run(call, app) {
    // Whoever has brought an app of their own keeps it when they link again.
    const clientId = call.options.getString('client-id') ?? (await app.accounts.ownClientId(call.user.id))
    const url = await app.invitations.create(call.user.id, call.token, { clientId })
    const how = clientId === undefined ? '' : 'It goes through your own Spotify app. '
    return {
      kind: 'message',
      private: true,
      content:
        'Connect your Spotify account in the browser: first Discord asks who you are, then Spotify asks what I may read. ' +
        `${how}Nobody sees your songs unless you share them.`,
      components: [row(linkButton('Link Spotify', url))],
    }
  },
} satisfies Command
