import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import { ownersIn } from './libraries.ts'

/** Somebody, and what stands on their screen. */
export interface Resident {
  readonly number: number
  readonly id: string
  /** Undefined while it changes, or where nobody knows what became of a change. */
  linked: boolean | undefined
  /** The latest message with something to press, and whose songs it shows. */
  screen: Screen | undefined
  /** A dialog that is open, and whose songs it leads through. */
  dialog: { readonly id: string; readonly owner: number | undefined } | undefined
}

interface Screen {
  readonly message: Message
  readonly owner: number | undefined
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

/** Puts an answer on somebody's screen. `owner`: whose songs it is about, where that is known. */
export function look(resident: Resident, outcome: Outcome, owner: number | undefined): void {
  if (outcome.kind === 'modal') resident.dialog = { id: outcome.modal.id, owner }
  if (outcome.kind !== 'message' && outcome.kind !== 'update') return
  const { message } = outcome
  const owners = ownersIn(textOf(message))
  if (pressable(message).length > 0)
    resident.screen = { message, owner: isRoundup(message) || owners.length !== 1 ? undefined : owners[0] }
}

/** Everything that stands in a message. */
export function textOf({ content, embeds }: Message): string {
  return [content, ...embeds.map((embed) => (embed['description'] as string | undefined) ?? '')].join('\n')
}

/** What several people's songs may stand on, or nobody's in particular. */
function isRoundup(message: Message): boolean {
  return pressable(message).some((id) => id.startsWith('roundup:'))
}
