import type { CommandGroup, ComponentInteraction, Reply } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { NotSharedError, UserError } from '../../src/errors.ts'
import { everywhere } from '../../src/views/components.ts'
import { decodeShareRequestId, question, sharingSettings, type ShareRequestId } from '../../src/views/share-request.ts'
import { authorLine, newestSongs } from '../../src/views/song-list.ts'

export default {
  data: { name: 'account', description: 'Your connection to Spotify, and who may see your songs', ...everywhere },

  order: ['status', 'sharing', 'export'],

  async component(interaction, app) {
    const id = decodeShareRequestId(interaction.customId)
    if (!id)
      throw new UserError('This button is from another version of Hearsay. Use `/account sharing` for a fresh one.')
    if (id.action === 'ask') return ask(interaction, id, app)
    if (interaction.user.id !== id.owner) throw new UserError(`Only <@${id.owner}> can answer this.`)
    return answered(interaction, id, app)
  },
} satisfies CommandGroup

/** Puts the question into the channel, for its owner to answer. */
async function ask({ user, guildId }: ComponentInteraction, { owner }: ShareRequestId, app: App): Promise<Reply> {
  if (guildId === null) throw new UserError('This can be asked in servers only.')
  if (await app.sharing.ask(user.id, owner, guildId))
    return { kind: 'message', ephemeral: false, ...question(user.id, owner) }
  throw new UserError(`You have asked <@${owner}> here within the last hour. Please wait for the answer.`)
}

async function answered(interaction: ComponentInteraction, id: ShareRequestId, app: App): Promise<Reply> {
  const { user, guildId: server } = interaction
  const { action, owner, asker = owner } = id
  if (server === null) throw new UserError('Sharing is set for each server.')
  if (action === 'no') return closed
  if (action === 'hide') await Promise.all([app.sharing.set(owner, server, false), app.roundups.leave(owner, server)])
  if (action === 'share' || action === 'here') await share(owner, server, app)
  if (action === 'share' || action === 'hide') return { kind: 'update', ...(await sharingSettings(owner, server, app)) }
  const page = async (viewer: string, content: string): Promise<Reply> => {
    const request = { viewer, owner, server, ownerName: user.displayName }
    const context = { request, author: authorLine(user), ephemeral: false }
    return { ...(await newestSongs(app, context, undefined)), kind: 'update', content }
  }
  if (action === 'once') return page(owner, `<@${owner}> shows this page.`)
  // The consent holds, whatever becomes of the page; and the page is shown only while it does.
  const content = `<@${owner}> shares their liked songs in this server now.`
  return { kind: 'update', content, continueWith: () => page(asker, content).catch(takenBack) }
}

/** What is left of a question that shows nothing (any more). */
const closed: Reply = { kind: 'update', content: 'This question has been answered.' }

function takenBack(error: unknown): Reply {
  if (error instanceof NotSharedError) return closed
  throw error
}

/** Set first, then checked: an unlink either finds the sharing or leaves no link to share. */
async function share(person: string, server: string, app: App): Promise<void> {
  await app.accounts.get(person)
  await app.sharing.set(person, server, true)
  if (await app.accounts.find(person)) return
  await app.sharing.set(person, server, false)
  await app.accounts.get(person)
}
