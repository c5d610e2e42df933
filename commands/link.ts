import { ApplicationIntegrationType, ButtonStyle, ComponentType, InteractionContextType } from 'discord.js'
import type { Command } from '../src/bot/command.ts'

export default {
  data: {
    name: 'link',
    description: 'Connect your Spotify account',
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
  },

  private: true,

  async run(call, app) {
    const url = await app.invitations.create(call.user.id, call.token)
    return {
      kind: 'message',
      private: true,
      content:
        'Connect your Spotify account in the browser: first Discord asks who you are, then Spotify asks what I may read. ' +
        'Nobody sees your songs until you share them.',
      components: [
        {
          type: ComponentType.ActionRow,
          components: [{ type: ComponentType.Button, style: ButtonStyle.Link, label: 'Link Spotify', url }],
        },
      ],
    }
  },
} satisfies Command
