import type { App } from '../src/context.ts'
import type { Command } from '../src/command.ts'
import { button, everywhere, row } from '../src/views/components.ts'
import { sanitize } from '../src/views/sanitize.ts'
import { UserError } from '../src/errors.ts'

const connectedApps = 'https://www.spotify.com/account/apps/'
const confirmed = 'unlink:1:'
const connection = 'your connection to Spotify'

/** In this order: somebody who shares or joins meanwhile checks for the link after that. */
const parts: readonly { readonly what: string; forget(app: App, person: string): Promise<unknown> }[] = [
  { what: connection, forget: (app, person) => app.accounts.unlink(person) },
  { what: 'whom you share with', forget: (app, person) => app.sharing.forget(person) },
  { what: 'your part in roundups', forget: (app, person) => app.roundups.forget(person) },
]

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
    // What cannot be read can be deleted.
    const link = await app.accounts.findIfReadable(id)
    if (link === undefined && !(await hasLeftAnything(id, app)))
      throw new UserError('You are not linked, so there is nothing to delete. `/link` would link you.')
    const ended = link === null ? 'I cannot read what I stored about your connection.' : 'Your link has ended.'
    const who = link ? `You are linked as **${sanitize(link.spotifyName, 100)}** on Spotify.` : ended
    return {
      kind: 'message',
      ephemeral: true,
      content:
        `${who} Unlinking deletes at once: ` +
        'the connection to your Spotify account, its key, whom you share with, your part in roundups, ' +
        'what is under way to link or to ask, the encrypted index of your liked songs, and every song of yours in memory. ' +
        'Pages that you have posted stay in the chat, but stop turning.',
      components: [row(button('Unlink', `${confirmed}${id}`, { style: 'Danger' }))],
    }
  },

  async component({ customId, user }, app) {
    if (customId !== `${confirmed}${user.id}`)
      throw new UserError('This button is not yours to press, or is from another version of Hearsay.')
    // Null where the store tells nothing of it: what can be deleted is.
    const link = await app.accounts.findEvenIfEnded(user.id).catch(() => null)
    const gone: string[] = []
    const failed: { readonly what: string; readonly error: unknown }[] = []
    for (const { what, forget } of parts) {
      await forget(app, user.id).then(
        () => gone.push(what),
        (error: unknown) => failed.push({ what, error }),
      )
    }
    if (link) app.library.deleteCached(link)
    const [first] = failed
    const was = link === undefined ? 'You were not linked any more.' : 'Unlinked.'
    const from = link ? `Unlinked from **${sanitize(link.spotifyName, 100)}**.` : was
    if (!first)
      return {
        kind: 'update',
        content:
          `${from} Your connection and all that goes with it are deleted. Spotify still lists Hearsay among your ` +
          `[connected apps](${connectedApps}), where you can remove its access as well. \`/link\` brings you back.`,
      }
    // Then the others are gone only where there was nothing, or may be deleted the next time.
    if (!gone.includes(connection)) throw first.error
    const left = failed.map(({ what }) => what).join(', ')
    return {
      kind: 'update',
      content: `Deleted: ${gone.join(', ')}. I could not delete all of this: ${left}. Please press **Unlink** again later.`,
      components: [row(button('Unlink', `${confirmed}${user.id}`, { style: 'Danger' }))],
    }
  },
} satisfies Command

/** Somebody whose link has ended may have left other things behind. */
async function hasLeftAnything(person: string, app: App): Promise<boolean> {
  const [link, servers, refusals, { takesPartIn, leaving, setUp, asked }] = await Promise.all([
    app.accounts.findEvenIfEnded(person),
    app.sharing.servers(person),
    app.sharing.refusals(person),
    app.roundups.about(person),
  ])
  const others = [takesPartIn, leaving, setUp, asked].flat()
  return link !== undefined || servers.length + refusals + others.length > 0
}
