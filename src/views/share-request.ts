import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import { UserError, type NotSharedError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { button, row } from './components.ts'
import { plainText } from './sanitize.ts'

const shape = /^account:1:(ask|once|here|no|share|hide|stop|leave):(\d{17,20})(?::(\d{17,20}))?$/

/** The last two are chosen for any server, in `/account status`. */
type ShareAction = 'ask' | 'once' | 'here' | 'no' | 'share' | 'hide' | 'stop' | 'leave'

/** A press about sharing: what, whose songs, and who asked for them. */
export type ShareRequestId = NonNullable<ReturnType<typeof decodeShareRequestId>>

export function encodeShareRequestId(action: ShareAction, owner: string, asker?: string): string {
  return `account:1:${action}:${owner}${asker ? `:${asker}` : ''}`
}

export function decodeShareRequestId(customId: string) {
  const [, action, owner, asker] = shape.exec(customId) ?? []
  return action && owner ? { action: action as ShareAction, owner, asker } : undefined
}

/** The refusal, with a way to ask where there is one. */
export function refusal({ owner, ask }: NotSharedError, t: Translate): MessageBody {
  const mention = { owner: `<@${owner}>` }
  if (ask === undefined) return { content: t('share.notShared.outside', mention) }
  const name = plainText(ask, 60)
  const label = name ? t('share.ask', { name }) : t('share.askSomebody')
  return {
    content: t('share.notShared', mention),
    components: [row(button(label, encodeShareRequestId('ask', owner)))],
  }
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

/** Who may look the person up in this server, and the buttons that change it. */
export async function sharingSettings(
  person: string,
  server: string | null,
  app: App,
  t: Translate,
): Promise<MessageBody> {
  if (server === null) throw new UserError('share.inServer.choose')
  const shared = await app.sharing.shares(person, server)
  const takesPart = await app.roundups.takesPart(person, server)
  // Somebody who shares may stop, also when Spotify has ended the link.
  if (!shared && !takesPart) await app.accounts.get(person)
  const choice = (label: string, action: 'hide' | 'share', isInForce: boolean) =>
    button(label, encodeShareRequestId(action, person), { disabled: isInForce })
  const nobody = takesPart ? 'share.nobody.roundups' : 'share.nobody.now'
  return {
    content: t(shared ? 'share.here' : nobody),
    components: [
      row(choice(t('share.nobody'), 'hide', !shared && !takesPart), choice(t('share.thisServer'), 'share', shared)),
    ],
  }
}
