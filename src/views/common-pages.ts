import { MessageFlags } from 'discord.js'
import type { ComponentInteraction, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { commonCaller, stillAgrees } from './common-id.ts'
import { commonSongsAt, type CallersRequest } from './common-list.ts'
import { jumpModal, pageTyped } from './components.ts'
import { encodePageId, pageOf, pageWanted, type PageId } from './page-id.ts'
import { authorIn, authorLine, type ViewContext } from './song-list.ts'

/**
 * Turns a list of what two people have both liked. The caller's use of the command is their yes to its message, so the two
 * turn that in its place; a copy is another message, and shows only what both share here with who has it.
 */
export async function turnCommon(
  interaction: ComponentInteraction,
  id: PageId,
  app: App,
  shown: Translate,
): Promise<Reply> {
  const { user, message } = interaction
  const isOnEphemeral = message?.flags.has(MessageFlags.Ephemeral) ?? true
  const isTurner = isOnEphemeral || [id.owner, message?.interactionMetadata?.user.id].includes(user.id)
  const inPlace = isTurner && id.action !== 'browse'
  const { callers, request, author } = commonRequests(interaction, id, app, inPlace)
  const own = app.languages.memo(interaction.locale)
  if (id.action === 'jump') {
    const modal = jumpModal(encodePageId({ ...id, action: 'go' }), own, pageOf(id), id.pages)
    const show = async (): Promise<Reply> => ({ kind: 'modal', modal })
    return app.access({ ...request, isHurried: true }, () => app.access({ ...callers, isHurried: true }, show))
  }
  const caller = inPlace ? message?.interactionMetadata?.user.id : undefined
  const context: ViewContext = {
    ...{ request, author, caller, logoUrl: app.logoUrl },
    ephemeral: isOnEphemeral || !inPlace,
    t: inPlace ? shown : own,
  }
  const { offset, anchor } = pageWanted(id)
  const go = () => ({ offset: app.library.offsetOfPage(pageTyped(interaction)), anchor })
  const where = id.action === 'refresh' ? { offset: 0 } : id.action === 'go' ? go() : { offset, anchor }
  const answer = await commonSongsAt(app, context, callers, where)
  return inPlace ? { ...answer, kind: 'update' } : answer
}

/** What a press on such a list looks at; `inPlace`: in the message that it is on, and not in another one. */
function commonRequests(
  { user, guildId: server, message }: ComponentInteraction,
  { owner, query }: PageId,
  app: App,
  inPlace: boolean,
) {
  const called = commonCaller(query)
  if (!called || called.caller === owner) throw new UserError('liked.fresh')
  const { caller } = called
  const asker = message?.interactionMetadata?.user
  const author = authorIn(message)
  const isCommon = [owner, caller].includes(user.id)
  const others = { viewer: user.id, owner, server, ownerName: author?.name ?? '', isCommon }
  const callerName = asker?.id === caller ? asker.displayName : ''
  const callers = { viewer: user.id, owner: caller, server, ownerName: callerName, isCommon }
  // The other one's copy is a list of their own: what they have in common with the caller.
  if (!inPlace && user.id === owner)
    return { callers: others, request: callers, author: asker?.id === caller ? authorLine(asker) : undefined }
  const agreed: CallersRequest = {
    ...callers,
    ...(user.id !== caller && { mark: called.mark }),
    ...(inPlace && asker?.id === caller && { hasAgreed: () => stillAgrees(app, called) }),
  }
  return { callers: agreed, request: others, author }
}
