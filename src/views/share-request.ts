import type { MessageBody } from '../command.ts'
import type { NotSharedError } from '../errors.ts'
import type { MessageKey, Translate } from '../i18n.ts'
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
  String.raw`^account:1:(${shareActions.join('|')}):(\d{17,20})(?::(\d{17,20}))?(?::(\d{17,20}))?$`,
)

/** A press about sharing: what, whose songs, who asked for them, and in which message of this channel they were shown. */
export type ShareRequestId = NonNullable<ReturnType<typeof decodeShareRequestId>>

export function encodeShareRequestId(action: ShareAction, ...ids: [owner: string, asker?: string, shown?: string]) {
  return ['account:1', action, ...ids].join(':')
}

export function decodeShareRequestId(customId: string) {
  const [, action, owner, asker, shown] = shape.exec(customId) ?? []
  return action && owner ? { action: action as ShareAction, owner, asker, shown } : undefined
}

/** The refusal, with a way to ask where there is one, and else the reason why there is none. */
export function refusal(
  { owner, ask, standing }: Pick<NotSharedError, 'owner' | 'ask' | 'standing'>,
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
    components: [row(button(label, encodeShareRequestId('ask', owner)))],
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
export function question(asker: string, owner: string, t: Translate): MessageBody {
  const buttons = row(
    button(t('share.once'), encodeShareRequestId('once', owner, asker)),
    button(t('share.everyone'), encodeShareRequestId('here', owner, asker)),
    button(t('share.no'), encodeShareRequestId('no', owner, asker)),
  )
  const content = t('share.question', { owner: `<@${owner}>`, asker: `<@${asker}>` })
  return { content, mention: owner, components: [buttons] }
}
