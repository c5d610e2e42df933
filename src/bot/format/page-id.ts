/** What a button of a song list does; in its custom id as a letter. */
export const actions = {
  first: 'f',
  previous: 'p',
  jump: 'j',
  next: 'n',
  last: 'l',
  browse: 'b',
  refresh: 'r',
  /** The submission of the dialog that `jump` opens. */
  go: 'g',
} as const

export type Action = keyof typeof actions

/** Everything that a button needs to know, carried by its custom id: no session stands behind it. */
export interface PageId {
  readonly owner: string
  readonly offset: number
  /** Milliseconds, whole seconds. */
  readonly anchor: number | undefined
  readonly market: string | undefined
  readonly action: Action
}

const version = '1'
const prefix = `liked:${version}:`
// Numbers without zeros before them, so that every id is written in one way only.
const shape = /^liked:1:(\d{17,20}):(0|[1-9]\d{0,6}):(0|[1-9a-z][0-9a-z]{0,7}|):([a-z])(?:\.([A-Z]{2}))?$/

/** `liked:1:<owner>:<offset>:<anchor>:<action and market>`, 60 characters at most. */
export function encodePageId({ owner, offset, anchor, market, action }: PageId): string {
  const seconds = anchor === undefined ? '' : Math.ceil(anchor / 1000).toString(36)
  return `${prefix}${owner}:${Math.max(offset, 0)}:${seconds}:${actions[action]}${market ? `.${market}` : ''}`
}

/** Undefined for anything that `encodePageId` does not make, such as an id of another release. */
export function decodePageId(customId: string): PageId | undefined {
  const [, owner = '', offset = '', anchor = '', letter = '', market] = shape.exec(customId) ?? []
  const action = (Object.keys(actions) as Action[]).find((name) => actions[name] === letter)
  if (!action) return undefined
  return { owner, offset: Number(offset), anchor: anchor ? parseInt(anchor, 36) * 1000 : undefined, market, action }
}
