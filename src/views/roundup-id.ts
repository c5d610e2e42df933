import { actionOf, actions, type Action } from './page-id.ts'

/** Under what 0.1.0 told those who joined. */
export const joinId = 'roundup:1:join'
/** Agrees to be shown with everything. */
export const joinAllId = 'roundup:1:join-all'
export const leaveId = 'roundup:1:leave'
/** What the weekly post would be today, as an ephemeral answer. */
export const previewId = 'roundup:1:preview'
/** With the id of a roundup behind it: under every post, by which the post is found again. */
export const inviteId = 'roundup:1:invite:'

const shape = /^roundup:1:page:([A-Za-z0-9_-]{1,50}):([1-9]\d{0,4}):([fpjnlg])([1-9]\d{0,4})?$/
const partShape = /^roundup:1:all:([A-Za-z0-9_-]{1,50}):(\d{17,20}):([1-9]\d{0,4})(?::([fpjnlg])([1-9]\d{0,4})?)?$/

/** A button under a roundup, and the page where it leads, from 1; `jump` opens a modal, of so many, and `go` is its submission. */
export function encodeRoundupId(id: string, page: number, action: Action, pages?: number): string {
  return `roundup:1:page:${id}:${page}:${actions[action]}${pages ?? ''}`
}

/** Undefined for anything else. */
export function decodeRoundupId(customId: string) {
  const [, id = '', page = '', letter, pages] = shape.exec(customId) ?? []
  const action = actionOf(letter)
  return action && { id, page: Number(page), action, pages: pages ? Number(pages) : undefined }
}

/** "See all" of one person in a roundup; with an action what turns the pages of that. */
export function encodePartId(id: string, person: string, page: number, action?: Action, pages?: number): string {
  return `roundup:1:all:${id}:${person}:${page}${action ? `:${actions[action]}${pages ?? ''}` : ''}`
}

/** Undefined for anything else. */
export function decodePartId(customId: string) {
  const [, id, person = '', page = '', letter, pages] = partShape.exec(customId) ?? []
  if (id === undefined) return undefined
  return { id, person, page: Number(page), action: actionOf(letter), pages: pages ? Number(pages) : undefined }
}
