import type { NotSharedError } from '../errors.ts'
import type { Body } from '../command.ts'
import { button, row } from './components.ts'
import { plain } from './sanitize.ts'

const shape = /^account:1:(ask|once|here|no|share|hide):(\d{17,20})(?::(\d{17,20}))?$/

/** A press about sharing: what, whose songs, and who asked for them. */
export interface AskId {
  readonly action: 'ask' | 'once' | 'here' | 'no' | 'share' | 'hide'
  readonly owner: string
  readonly asker?: string | undefined
}

export function encodeAskId({ action, owner, asker }: AskId): string {
  return `account:1:${action}:${owner}${asker ? `:${asker}` : ''}`
}

export function decodeAskId(customId: string): AskId | undefined {
  const [, action, owner, asker] = shape.exec(customId) ?? []
  return action && owner ? { action: action as AskId['action'], owner, asker } : undefined
}

/** The refusal, with a way to ask where there is one. */
export function refusal({ message, owner, ask }: NotSharedError): Body {
  if (ask === undefined) return { content: `${message} They can share them in a server, for its members.` }
  const label = `Ask @${plain(ask, 60) || 'them'} to share`
  return {
    content: message,
    components: [row(button(label, encodeAskId({ action: 'ask', owner }), { style: 'primary' }))],
  }
}

/** The question to the owner, in the channel. Whoever reads it learns that it was asked, and no more. */
export function question(asker: string, owner: string): Body {
  const answers = { owner, asker }
  return {
    content: `<@${owner}>, <@${asker}> would like to see your liked songs here. Only you can answer.`,
    mention: owner,
    components: [
      row(
        button('Allow once', encodeAskId({ action: 'once', ...answers })),
        button('Allow in this server', encodeAskId({ action: 'here', ...answers }), { style: 'success' }),
        button('No', encodeAskId({ action: 'no', ...answers })),
      ),
    ],
  }
}
