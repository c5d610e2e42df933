import type { CommandGroup, ComponentInteraction, Reply } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { NotSharedError, UserError } from '../../src/errors.ts'
import { accountStatus } from '../../src/views/account-status.ts'
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
  if (await app.membership.isGone(owner, guildId)) throw new UserError(`<@${owner}> is not in this server any more.`)
  const outcome = await app.sharing.ask(user.id, owner, guildId)
  if (outcome === 'asked') return { kind: 'message', ephemeral: false, ...question(user.id, owner) }
  throw new UserError(unasked(owner)[outcome])
}

const unasked = (owner: string) => ({
  lately: `You have asked <@${owner}> here within the last hour. Please wait for the answer.`,
  refused: `<@${owner}> has said no, so I won't ask them for you again.`,
  'too many': 'There have been enough questions for now. Please ask again in an hour.',
})

async function answered(interaction: ComponentInteraction, id: ShareRequestId, app: App): Promise<Reply> {
  const { user, guildId: server, token } = interaction
  const { action, owner, asker = owner } = id
  if (action === 'stop' || action === 'leave') {
    const [chosen = '', ...others] = interaction.isStringSelectMenu() ? interaction.values : []
    if (!/^\d{17,20}$/.test(chosen) || others.length > 0)
      throw new UserError('This choice names no server. Use `/account status` for a fresh one.')
    if (action === 'stop') await app.sharing.set(owner, chosen, false)
    else await app.roundups.leave(owner, chosen)
    return { kind: 'update', ...(await accountStatus(app, { person: owner, server, token })) }
  }
  if (server === null) throw new UserError('Sharing is set for each server.')
  if (action === 'no') {
    if (asker !== owner) await app.sharing.refuse(owner, asker)
    return closed
  }
  if (action === 'hide') await Promise.all([app.sharing.set(owner, server, false), app.roundups.leave(owner, server)])
  if (action === 'share' || action === 'here') await app.sharing.share(owner, server)
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
