import { actionOf, actions, type Action } from './page-id.ts'

export const joinId = 'roundup:1:join'
export const leaveId = 'roundup:1:leave'
/** What the weekly post would be today, as an ephemeral answer. */
export const previewId = 'roundup:1:preview'
/** With the id of a roundup behind it: under every post, by which the post is found again. */
export const inviteId = 'roundup:1:invite:'

const shape = /^roundup:1:page:([A-Za-z0-9_-]{1,50}):([1-9]\d{0,4}):([fpjnlg])$/

/** A button under a page of a roundup. */
export interface RoundupId {
  /** Of the roundup. */
  readonly id: string
  /** Where it leads, from 1. */
  readonly page: number
  /** What keeps the buttons of a message apart; `jump` opens a modal and `go` is its submission. */
  readonly action: Action
}

export function encodeRoundupId({ id, page, action }: RoundupId): string {
  return `roundup:1:page:${id}:${page}:${actions[action]}`
}

/** Undefined for anything else. */
export function decodeRoundupId(customId: string): RoundupId | undefined {
  const [, id = '', page = '', letter] = shape.exec(customId) ?? []
  const action = actionOf(letter)
  return action && { id, page: Number(page), action }
}
