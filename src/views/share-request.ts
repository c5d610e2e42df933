import type { MessageBody } from '../command.ts'
import type { NotSharedError } from '../errors.ts'
import type { MessageKey, Translate } from '../i18n.ts'
import type { Question } from '../questions.ts'
import { button, row } from './components.ts'
import { plainText } from './sanitize.ts'
import { timestamp } from './song.ts'

const shareActions = [
  'ask',
  // The answers to a question, each taken back by its undo.
  ...(['once', 'here', 'no', 'quiet', 'undo-once', 'undo-here', 'undo-no', 'undo-quiet'] as const),
  // In `/account sharing`: who may look somebody up here, whether they may be asked, and the end in another server.
  ...(['share', 'hide', 'listen', 'end'] as const),
  // For any server, in `/account status`.
  ...(['stop', 'leave'] as const),
] as const

type ShareAction = (typeof shareActions)[number]

const shape = new RegExp(
  String.raw`^account:1:(${shareActions.join('|')}):(\d{17,20})(?::(\d{17,20}))?(?::(\d{17,20}))?(?::(c(?:[\w-]{4})?))?$`,
)

/**
 * A press about sharing: what, whose songs, who asked for them, and in which message of this channel they were shown. What
 * is about the songs in common has the mark of the asker's link, and '' before there is an asker.
 */
export type ShareRequestId = NonNullable<ReturnType<typeof decodeShareRequestId>>

export function encodeShareRequestId(action: ShareAction, ...ids: [owner: string, asker?: string, shown?: string]) {
  return ['account:1', action, ...ids].join(':')
}

function aboutCommon(common: string | undefined): string {
  return common === undefined ? '' : `:c${common}`
}

export function decodeShareRequestId(customId: string) {
  const [, action, owner, asker, shown, common] = shape.exec(customId) ?? []
  return action && owner ? { action: action as ShareAction, owner, asker, shown, common: common?.slice(1) } : undefined
}

/** The refusal, with a way to ask where there is one, and else the reason why there is none. */
export function refusal(
  { owner, ask, standing, isCommon }: Pick<NotSharedError, 'owner' | 'ask' | 'standing' | 'isCommon'>,
  t: Translate,
): MessageBody {
  const mention = { owner: `<@${owner}>` }
  if (ask === undefined) return { content: t('share.notShared.outside', mention) }
  if (standing)
    return { content: t(reasons[standing.why], { ...mention, when: timestamp(standing.until ?? Date.now(), 'R') }) }
  const name = plainText(ask, 60)
  const label = name ? t('share.ask', { name }) : t('share.askSomebody')
  return {
    content: t('share.notShared', mention),
    components: [row(button(label, encodeShareRequestId('ask', owner) + aboutCommon(isCommon ? '' : undefined)))],
  }
}

const reasons: Readonly<Record<NonNullable<NotSharedError['standing']>['why'], MessageKey>> = {
  waiting: 'share.notShared.waiting',
  shown: 'share.notShared.shown',
  answered: 'share.notShared.answered',
  undone: 'share.notShared.undone',
  refused: 'share.notShared.refused',
  quiet: 'share.notShared.quiet',
}

/** The question to the owner, in the channel. It tells those who read it that it was asked, and no more. */
export function question({ asker, person: owner, common }: Question, t: Translate): MessageBody {
  const idOf = (action: ShareAction): string => encodeShareRequestId(action, owner, asker) + aboutCommon(common)
  const buttons = row(
    button(t('share.once'), idOf('once')),
    button(t('share.everyone'), idOf('here')),
    button(t('share.no'), idOf('no')),
  )
  const key = common === undefined ? 'share.question' : 'share.question.common'
  const content = t(key, { owner: `<@${owner}>`, asker: `<@${asker}>` })
  return { content, mention: owner, components: [buttons] }
}
