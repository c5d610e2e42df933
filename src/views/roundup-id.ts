const shape = /^roundup:1:page:([A-Za-z0-9_-]{1,50}):([1-9]\d{0,4}):([fpjnlg])$/
const letters = { first: 'f', previous: 'p', jump: 'j', next: 'n', last: 'l', go: 'g' } as const

/** A button under a page of a roundup. */
export interface RoundupId {
  /** Of the roundup. */
  readonly id: string
  /** Where it leads, from 1. */
  readonly page: number
  /** What keeps the buttons of a message apart; `jump` opens a dialog and `go` is its submission. */
  readonly action: keyof typeof letters
}

export function encodeRoundupId({ id, page, action }: RoundupId): string {
  return `roundup:1:page:${id}:${page}:${letters[action]}`
}

/** Undefined for anything else. */
export function decodeRoundupId(customId: string): RoundupId | undefined {
  const [, id = '', page = '', letter] = shape.exec(customId) ?? []
  const action = (Object.keys(letters) as RoundupId['action'][]).find((name) => letters[name] === letter)
  return action && { id, page: Number(page), action }
}

/** Under every post of a roundup, by which the post is found again. */
export function encodeJoinId(id: string): string {
  return `${invitation}${id}`
}

export function isJoinId(customId: string): boolean {
  return customId.startsWith(invitation)
}

const invitation = 'roundup:1:invite:'
