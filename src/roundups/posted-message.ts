/** Where a roundup is in the chat. */
export interface MessageRef {
  readonly channel: string
  readonly message: string
}

/** What is not done yet about a message. */
interface PendingEdit {
  /** The version of the record that asked for it, so that a later wish is not taken for done. */
  readonly mark: number
  readonly due: number
  readonly tries: number
  /** Whether its thread has been opened for this, and has to be archived again. */
  readonly isOpened: boolean
  /** Who is told when the message cannot be changed, encrypted. */
  readonly tell: readonly string[]
}

export interface PostedMessage extends MessageRef {
  /** Which roundup it shows; "" for one that is no longer shown. */
  readonly roundup: string
  readonly ends: number
  readonly pending: PendingEdit | null
}

// More than an outage of days leaves behind.
const most = 1_000

/** Those with something to do rather than others. */
export function latest(messages: readonly PostedMessage[]): readonly PostedMessage[] {
  const byNeed = messages.toSorted((a, b) => Number(a.pending !== null) - Number(b.pending !== null))
  const tooMany = new Set(byNeed.slice(0, -most))
  return messages.filter((one) => !tooMany.has(one))
}

/** It has to be changed; `tell`: all who are told where that cannot be done, encrypted. */
export function marked(
  message: PostedMessage,
  mark: number,
  due: number,
  tell: readonly string[] = message.pending?.tell ?? [],
): PostedMessage {
  const { isOpened = false } = message.pending ?? {}
  return { ...message, pending: { mark, due, tries: 0, isOpened, tell: tell.slice(-most) } }
}

export function opened(message: PostedMessage): PostedMessage {
  return message.pending ? { ...message, pending: { ...message.pending, isOpened: true } } : message
}
