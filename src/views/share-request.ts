import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import { UserError, type NotSharedError } from '../errors.ts'
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
export function refusal({ message, owner, ask }: NotSharedError): MessageBody {
  if (ask === undefined) return { content: `${message} They can share them in a server, for its members.` }
  const label = `Ask @${plainText(ask, 60) || 'them'} to share`
  const asking = button(label, encodeShareRequestId('ask', owner), { style: 'Primary' })
  return { content: message, components: [row(asking)] }
}

/** The question to the owner, in the channel. It tells those who read it that it was asked, and no more. */
export function question(asker: string, owner: string): MessageBody {
  const buttons = row(
    button('Allow once', encodeShareRequestId('once', owner, asker)),
    button('Allow in this server', encodeShareRequestId('here', owner, asker), { style: 'Success' }),
    button('No', encodeShareRequestId('no', owner, asker)),
  )
  const content = `<@${owner}>, <@${asker}> would like to see your liked songs here. Only you can answer.`
  return { content, mention: owner, components: [buttons] }
}

/** Who may look the person up in this server, and the buttons that change it. */
export async function sharingSettings(person: string, server: string | null, app: App): Promise<MessageBody> {
  if (server === null)
    throw new UserError('Sharing is set for each server. Use `/account sharing` in the one that you mean.')
  const shared = await app.sharing.shares(person, server)
  const takesPart = await app.roundups.takesPart(person, server)
  // Somebody who shares may stop, also when Spotify has ended the link.
  if (!shared && !takesPart) await app.accounts.get(person)
  const choice = (label: string, action: 'hide' | 'share', isInForce: boolean) =>
    button(label, encodeShareRequestId(action, person), { disabled: isInForce })
  const roundupToo = takesPart ? ' You take part in its roundups, though: **Nobody** ends that as well.' : ''
  return {
    content: shared
      ? 'The members of **this server** may look up your liked songs, and turn their pages.'
      : `**Nobody** may look up your liked songs here.${roundupToo}`,
    components: [row(choice('Nobody', 'hide', !shared && !takesPart), choice('This server', 'share', shared))],
  }
}
