import type { MessageRef } from './posted-message.ts'
import type { Notice } from './roundup-heads.ts'
import type { RoundupPage } from './roundup-page.ts'

/**
 * What carries roundups to the chat. Ids of messages rise with the time of the chat, whatever the time is here.
 * "closed": the channel is gone, or may not be posted to.
 */
export interface Publisher {
  /** The id of the newest message in a channel, "0" without any. */
  newest(channel: string, signal: AbortSignal): Promise<{ readonly id: string } | 'closed'>
  /**
   * Puts the first page of a roundup into a channel, once for the same `nonce` within minutes. "gone": that has
   * happened, and somebody has deleted it since. "refused": it will never be taken. "turned away": by something in
   * between, which may pass. Rejects when nobody knows whether it has arrived.
   */
  post(
    channel: string,
    page: RoundupPage,
    nonce: string,
    signal: AbortSignal,
  ): Promise<MessageRef | 'closed' | 'gone' | 'refused' | 'turned away'>
  /** Looks for that roundup among what has been posted after a message. */
  find(
    channel: string,
    id: string,
    after: string,
    signal: AbortSignal,
  ): Promise<MessageRef | 'closed' | 'turned away' | undefined>
  /**
   * Shows a page of it as it is now, or without one that it is no longer shown. "gone": there is no such message (any
   * more); "archived": its thread has to be opened first; "refused": it stays as it is. Rejects where trying again may help.
   */
  update(message: MessageRef, page: RoundupPage | undefined, signal: AbortSignal): Promise<EditOutcome | 'archived'>
  /** Opens or archives a thread, on the same terms. */
  setArchived(channel: string, isArchived: boolean, signal: AbortSignal): Promise<EditOutcome>
  /** Takes away one that is there a second time. Never rejects. */
  remove(message: MessageRef): Promise<void>
  /**
   * Sends a direct message, once for the same `nonce` within minutes; also done where Discord will never take it. Or in
   * how many milliseconds it is its turn: a bot begins few conversations a minute.
   */
  notify(person: string, notice: NoticeContent, nonce: string): Promise<{ readonly in: number } | undefined | void>
}

export type EditOutcome = 'done' | 'gone' | 'refused'
export type NoticeContent = Pick<Notice, 'about' | 'channel' | 'message'> & {
  readonly server: string
  /** The language of the person, as far as it is known. */
  readonly locale: string | undefined
}
