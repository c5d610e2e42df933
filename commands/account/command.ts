import type { CommandGroup, ComponentInteraction, Reply } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { NotSharedError, UserError } from '../../src/errors.ts'
import { defaultLocale, type Translate } from '../../src/i18n.ts'
import { accountStatus } from '../../src/views/account-status.ts'
import { everywhere } from '../../src/views/components.ts'
import { decodeShareRequestId, question, sharingSettings, type ShareRequestId } from '../../src/views/share-request.ts'
import { authorLine, newestSongs } from '../../src/views/song-list.ts'

export default {
  data: { name: 'account', ...everywhere },

  order: ['status', 'sharing', 'export'],

  async component(interaction, app, t) {
    const id = decodeShareRequestId(interaction.customId)
    if (!id) throw new UserError('account.fresh')
    if (id.action === 'ask') return ask(interaction, id, app)
    if (interaction.user.id !== id.owner) throw new UserError('share.notYours', { owner: `<@${id.owner}>` })
    return answered(interaction, id, app, t)
  },
} satisfies CommandGroup

/** Puts the question into the channel, for its owner to answer. */
async function ask(
  { user, guildId, guildLocale }: ComponentInteraction,
  { owner }: ShareRequestId,
  app: App,
): Promise<Reply> {
  if (guildId === null) throw new UserError('share.onlyInServers')
  const mention = { owner: `<@${owner}>` }
  if (await app.membership.isGone(owner, guildId)) throw new UserError('share.left', mention)
  const outcome = await app.sharing.ask(user.id, owner, guildId)
  // The refusal was for the asker alone; the question is for everybody to read.
  const t = app.languages.memo(guildLocale ?? defaultLocale)
  if (outcome === 'asked') return { kind: 'message', ephemeral: false, ...question(user.id, owner, t) }
  throw new UserError(unasked[outcome], mention)
}

const unasked = {
  lately: 'share.asked.lately',
  refused: 'share.asked.refused',
  'too many': 'share.asked.tooMany',
} as const

async function answered(interaction: ComponentInteraction, id: ShareRequestId, app: App, t: Translate): Promise<Reply> {
  const { user, guildId: server, token } = interaction
  const { action, owner, asker = owner } = id
  const mention = { owner: `<@${owner}>` }
  if (action === 'stop' || action === 'leave') {
    const [chosen = '', ...others] = interaction.isStringSelectMenu() ? interaction.values : []
    if (!/^\d{17,20}$/.test(chosen) || others.length > 0) throw new UserError('account.noServer')
    if (action === 'stop') await app.sharing.set(owner, chosen, false)
    else await app.roundups.leave(owner, chosen)
    return { kind: 'update', ...(await accountStatus(app, { person: owner, server, token }, t)) }
  }
  if (server === null) throw new UserError('share.inServer')
  if (action === 'no') {
    if (asker !== owner) await app.sharing.refuse(owner, asker)
    return closed(t)
  }
  if (action === 'hide') await Promise.all([app.sharing.set(owner, server, false), app.roundups.leave(owner, server)])
  if (action === 'share' || action === 'here') await app.sharing.share(owner, server)
  if (action === 'share' || action === 'hide')
    return { kind: 'update', ...(await sharingSettings(owner, server, app, t)) }
  const page = async (viewer: string, content: string): Promise<Reply> => {
    const request = { viewer, owner, server, ownerName: user.displayName }
    const context = { request, author: authorLine(user), ephemeral: false, t }
    return { ...(await newestSongs(app, context, undefined)), kind: 'update', content }
  }
  if (action === 'once') return page(owner, t('share.shows', mention))
  // The consent holds, whatever becomes of the page; and the page is shown only while it does.
  const content = t('share.shares', mention)
  return { kind: 'update', content, continueWith: () => page(asker, content).catch(takenBack) }

  function takenBack(error: unknown): Reply {
    if (error instanceof NotSharedError) return closed(t)
    throw error
  }
}

/** What is left of a question that shows nothing (any more). */
function closed(t: Translate): Reply {
  return { kind: 'update', content: t('share.answered') }
}
