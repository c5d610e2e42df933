import { ApplicationIntegrationType, ButtonStyle, ComponentType, InteractionContextType } from 'discord.js'
import type { Command } from '../src/bot/command.ts'
import { neutralise } from '../src/bot/format/neutralise.ts'
import { UserError } from '../src/errors.ts'

const connectedApps = 'https://www.spotify.com/account/apps/'
const confirmed = 'unlink:1:'

export default {
  data: {
    name: 'unlink',
    description: 'Disconnect your Spotify account and delete what is stored about you',
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
  },

  private: true,

  async run(call, app) {
    const link = await app.accounts.get(call.user.id)
    return {
      kind: 'message',
      private: true,
      content:
        `You are linked as **${neutralise(link.spotifyName, 100)}** on Spotify. Unlinking deletes at once: ` +
        'the connection to your Spotify account, its key, whom you share with, and every song of yours in memory. ' +
        'Pages that you have posted stay in the chat, but stop turning.',
      components: [
        {
          type: ComponentType.ActionRow,
          components: [
            {
              type: ComponentType.Button,
              style: ButtonStyle.Danger,
              label: 'Unlink',
              custom_id: `${confirmed}${call.user.id}`,
            },
          ],
        },
      ],
    }
  },

  async press(press, app) {
    if (press.customId !== `${confirmed}${press.user.id}`) {
      throw new UserError('This button is not yours to press, or is from another version of Hearsay.')
    }
    const link = await app.accounts.unlink(press.user.id)
    if (link) app.library.forget(link)
    await app.sharing.forget(press.user.id)
    const from = link ? `Unlinked from **${neutralise(link.spotifyName, 100)}**.` : 'You were not linked any more.'
    return {
      kind: 'update',
      content:
        `${from} Your connection and all that goes with it are deleted. Spotify still lists Hearsay among your ` +
        `[connected apps](${connectedApps}), where you can remove its access as well. \`/link\` brings you back.`,
    }
  },
} satisfies Command
