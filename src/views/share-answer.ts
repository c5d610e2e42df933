import type { ComponentInteraction, MessageBody, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { NotSharedError } from '../errors.ts'
import { defaultLocale, say, type Message, type Translate } from '../i18n.ts'
import type { Question, QuestionAnswer } from '../questions.ts'
import { stillAgrees } from './common-id.ts'
import { commonSongs, type CallersRequest } from './common-list.ts'
import { button, row } from './components.ts'
import { encodeShareRequestId, type ShareRequestId } from './share-request.ts'
import { authorLine, newestSongs, type Answer } from './song-list.ts'
import { timestamp } from './song.ts'

type Update = Extract<Reply, { kind: 'update' }>

/** What the owner's answer makes of the question, with a receipt for the owner and word to the one who asked. */
export async function answerQuestion(
  { user, message, channelId, locale }: ComponentInteraction,
  answer: QuestionAnswer,
  question: Question,
  app: App,
  t: Translate,
): Promise<Reply> {
  const { asker, person: owner, server, common } = question
  const own = app.languages.memo(locale)
  const mention = { owner: `<@${owner}>` }
  const place = { ...mention, link: `${app.channelsUrl}/${server}/${channelId}/${message?.id}` }
  const receipt = (content: string): MessageBody => {
    return { content, components: [row(undoButton(own, `undo-${answer}`, question, message?.id))] }
  }
  const callers = common === undefined ? undefined : commonCallers(message, user, question, common, app)
  // The answer holds, whether that is noted or not.
  const note = (): Promise<void> => app.questions.answer(question, answer).catch(() => undefined)
  const after = async (told: Message, followUp: MessageBody) => {
    // It is answered, whatever becomes of the message.
    await note()
    return { followUp, onSent: () => tell(app, question, told) }
  }
  if (answer === 'no') {
    if (asker !== owner) await app.questions.refuse(owner, asker)
    return { ...closed(t), ...(await after({ key: 'share.told.no', values: mention }, refused(question, own))) }
  }
  const page = async (viewer: string, content: string, last?: () => Promise<Reply>): Promise<Update> => {
    const request = { viewer, owner, server, ownerName: user.displayName }
    const context = { request, author: authorLine(user), logoUrl: app.logoUrl, ephemeral: false, t }
    const shown = callers ? commonSongs(app, { ...context, caller: asker }, callers) : newestSongs(app, context)
    return inPlace(await shown, content, last)
  }
  if (answer === 'once') {
    // Nothing was shown, and the question stays, where Discord refuses the page.
    return page(owner, t('share.shows', mention), async () => {
      await note()
      const onSent = () =>
        tell(app, question, { key: callers ? 'share.told.common' : 'share.told.once', values: place })
      const done = own(callers ? 'share.receipt.common' : 'share.receipt.once')
      return { kind: 'message', ephemeral: true, ...receipt(done), onSent }
    })
  }
  await app.sharing.share(owner, server)
  // The consent holds, whatever becomes of the page; and the page is shown only while it does.
  const content = t('share.shares', mention)
  const told = { key: 'share.shares', values: mention } as const
  // Of the page the one who asked hears once it is there.
  const onSent = () => tell(app, question, { key: 'share.told.here', values: place })
  const continueWith = (): Promise<Reply> => page(asker, content).then((shown) => ({ ...shown, onSent }), takenBack)
  return { kind: 'update', content, continueWith, ...(await after(told, receipt(own('share.receipt.here')))) }

  function takenBack(error: unknown): Reply {
    if (error instanceof NotSharedError) return closed(t)
    throw error
  }
}

/** Who has asked agrees by having asked, for this very message. */
function commonCallers(
  message: ComponentInteraction['message'],
  { id: viewer }: ComponentInteraction['user'],
  { asker, server }: Question,
  mark: string,
  app: App,
): CallersRequest {
  const hasAsked = message?.interactionMetadata?.user.id === asker
  const hasAgreed = async (): Promise<boolean> => hasAsked && stillAgrees(app, { caller: asker, mark })
  return { viewer, owner: asker, server, ownerName: '', mark, hasAgreed }
}

/** The page in the place of the question, then what takes its place while libraries are read, and what follows at the end. */
function inPlace(shown: Answer, content: string, last?: () => Promise<Reply>): Update {
  const { continueWith } = shown
  const goOn = async () => {
    const next = await continueWith?.()
    return next?.kind === 'message' ? inPlace(next, content, last) : next
  }
  const next = continueWith ? goOn : last
  return { ...shown, kind: 'update', content, ...(next && { continueWith: next }) }
}

/** Takes an answer back, or whether the owner may be asked at all; on the owner's receipt. */
export async function undoAnswer(
  { channelId, guildLocale }: ComponentInteraction,
  { action, shown }: ShareRequestId,
  question: Question,
  app: App,
  t: Translate,
): Promise<Reply> {
  const { asker, person: owner, server } = question
  if (action === 'quiet' || action === 'undo-quiet') {
    await app.questions.setQuiet(owner, server, action === 'quiet')
    if (action === 'undo-quiet') return { kind: 'update', ...refused(question, t) }
    const components = [row(undoButton(t, 'undo-quiet', question))]
    return { kind: 'update', content: t('share.receipt.quiet'), components }
  }
  if (action === 'undo-no') await app.questions.pardon(owner, asker)
  if (action === 'undo-here') await app.sharing.set(owner, server, false)
  await app.questions.answer(question, 'undone')
  const { until = Date.now() } = (await app.questions.standing(question)) ?? {}
  const when = timestamp(until, 'R')
  const told = tell(app, question, { key: 'share.told.undone', values: { owner: `<@${owner}>`, when } })
  if (action === 'undo-no') {
    await told
    return { kind: 'update', content: t('share.undone.no', { asker: `<@${asker}>`, when }) }
  }
  const everybodys = app.languages.memo(guildLocale ?? defaultLocale)
  const isGone =
    shown !== undefined &&
    channelId !== null &&
    (await app.otherMessages.change(
      { channel: channelId, message: shown },
      everybodys('share.takenBack', { owner: `<@${owner}>` }),
    ))
  await told
  const page = t(isGone ? 'share.undone.page' : 'share.undone.page.stays')
  return { kind: 'update', content: action === 'undo-here' ? t('share.undone.here', { page }) : page }
}

/** The receipt of a no. */
function refused(question: Question, t: Translate): MessageBody {
  const { asker, person } = question
  const quiet = button(t('share.quiet'), encodeShareRequestId('quiet', person, asker))
  const content = t('share.receipt.no', { asker: `<@${asker}>` })
  return { content, components: [row(undoButton(t, 'undo-no', question), quiet)] }
}

function undoButton(
  t: Translate,
  action: 'undo-once' | 'undo-here' | 'undo-no' | 'undo-quiet',
  { person, asker }: Question,
  ...shown: [string?]
) {
  return button(t('button.undo'), encodeShareRequestId(action, person, asker, ...shown))
}

/** What is left of a question that shows nothing (any more). */
function closed(t: Translate): Update {
  return { kind: 'update', content: t('share.answered') }
}

/** Changes what the one who asked has before them, as long as Discord lets me. */
async function tell(app: App, question: Question, told: Message): Promise<void> {
  const before = await app.questions.messageOf(question).catch(() => undefined)
  if (before) await app.otherMessages.change(before, say(app.languages.memo(before.locale), told))
}
