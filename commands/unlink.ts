import type { App } from '../src/context.ts'
import type { Command } from '../src/command.ts'
import { button, everywhere, row } from '../src/views/components.ts'
import { sanitize } from '../src/views/sanitize.ts'
import { UserError } from '../src/errors.ts'

const connectedApps = 'https://www.spotify.com/account/apps/'
const confirmed = 'unlink:1:'

export default {
  data: {
    name: 'unlink',
    description: 'Disconnect your Spotify account and delete what is stored about you',
    ...everywhere,
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app) {
    const { id } = interaction.user
    const link = await app.accounts.find(id)
    if (!link && !(await hasLeftAnything(id, app)))
      throw new UserError('You are not linked, so there is nothing to delete. `/link` would link you.')
    const who = link ? `You are linked as **${sanitize(link.spotifyName, 100)}** on Spotify.` : 'Your link has ended.'
    return {
      kind: 'message',
      ephemeral: true,
      content:
        `${who} Unlinking deletes at once: ` +
        'the connection to your Spotify account, its key, whom you share with, your part in roundups, ' +
        'what is under way to link or to ask, and every song of yours in memory. ' +
        'Pages that you have posted stay in the chat, but stop turning.',
      components: [row(button('Unlink', `${confirmed}${id}`, { style: 'Danger' }))],
    }
  },

  async component({ customId, user }, app) {
    if (customId !== `${confirmed}${user.id}`)
      throw new UserError('This button is not yours to press, or is from another version of Hearsay.')
    // First: somebody who shares or joins meanwhile checks for the link after that.
    const link = await app.accounts.unlink(user.id)
    if (link) app.library.deleteCached(link)
    await app.sharing.forget(user.id)
    await app.roundups.forget(user.id)
    const from = link ? `Unlinked from **${sanitize(link.spotifyName, 100)}**.` : 'You were not linked any more.'
    return {
      kind: 'update',
      content:
        `${from} Your connection and all that goes with it are deleted. Spotify still lists Hearsay among your ` +
        `[connected apps](${connectedApps}), where you can remove its access as well. \`/link\` brings you back.`,
    }
  },
} satisfies Command

/** Somebody whose link has ended may have left other things behind. */
async function hasLeftAnything(person: string, app: App): Promise<boolean> {
  const [link, servers, refusals, { takesPartIn, setUp }] = await Promise.all([
    app.accounts.findEvenIfEnded(person),
    app.sharing.servers(person),
    app.sharing.refusals(person),
    app.roundups.about(person),
  ])
  return link !== undefined || servers.length + refusals + takesPartIn.length + setUp.length > 0
}
