import type { MessageRef, RoundupPage } from './stored-roundup.ts'

/** A channel that is gone, or that may not be posted to. */
type Closed = 'closed'

/** What carries roundups to the chat. Ids of messages rise with the time of the chat, whatever the time is here. */
export interface Publisher {
  /** The id of the newest message in a channel, "0" without any. */
  newest(channel: string, signal: AbortSignal): Promise<{ readonly id: string } | Closed>
  /**
   * Puts the first page of a roundup into a channel, once for the same `nonce` within minutes. "gone": that has
   * happened, and somebody has deleted it since. Rejects when nobody knows whether it has arrived.
   */
  post(channel: string, sheet: RoundupPage, nonce: string, signal: AbortSignal): Promise<MessageRef | Closed | 'gone'>
  /** Looks for that roundup among what has been posted after a message. */
  find(channel: string, id: string, after: string, signal: AbortSignal): Promise<MessageRef | Closed | undefined>
  /** Shows a page of it as it is now. Never rejects. */
  update(place: MessageRef, sheet: RoundupPage): Promise<void>
  /** Takes away one that stands there a second time. Never rejects. */
  remove(place: MessageRef): Promise<void>
  /** Tells whoever set it up that the channel is closed to it, once for the same `nonce` within minutes. Never rejects. */
  notify(person: string, channel: string, nonce: string): Promise<void>
}
