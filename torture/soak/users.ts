import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import { textOf } from '../../test/world/message-text.ts'
import { ownersIn } from './libraries.ts'

/** Somebody, and what their screen shows. */
export interface User {
  readonly number: number
  readonly id: string
  /** Undefined while it changes, or where nobody knows what became of a change. */
  linked: boolean | undefined
  /** The latest message with something to press, and whose songs it shows. */
  screen: { readonly message: Message; readonly owner: number | undefined } | undefined
  /** A modal that is open, and whose songs it leads through. */
  modal: { readonly id: string; readonly owner: number | undefined } | undefined
}

interface Button {
  readonly type: number
  readonly label?: string
  readonly custom_id?: string
  readonly disabled?: boolean
}

/** What can be pressed there, by custom id. Nobody unlinks by accident. */
export function pressable({ components }: Message): string[] {
  const buttons = components.flatMap((row) => row['components'] as Button[])
  return buttons.flatMap(({ type, label, custom_id: id, disabled }) =>
    type === 2 && id && !disabled && label !== 'Unlink' ? [id] : [],
  )
}

/** Shows an answer on somebody's screen. `owner`: whose songs it is about, where that is known. */
export function show(user: User, outcome: Outcome, owner: number | undefined): void {
  if (outcome.kind === 'modal') user.modal = { id: outcome.modal.id, owner }
  if (outcome.kind !== 'message' && outcome.kind !== 'update') return
  const { message } = outcome
  const ids = pressable(message)
  if (ids.length === 0) return
  const owners = ownersIn(textOf(message))
  // A roundup may show several people's songs, or nobody's in particular.
  const isRoundup = ids.some((id) => id.startsWith('roundup:'))
  user.screen = { message, owner: isRoundup || owners.length !== 1 ? undefined : owners[0] }
}
