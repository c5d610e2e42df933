/** What a button under songs does; in its custom id as a letter. */
export const actions = {
  first: 'f',
  previous: 'p',
  jump: 'j',
  next: 'n',
  last: 'l',
  browse: 'b',
  refresh: 'r',
  /** The submission of the modal that `jump` opens. */
  go: 'g',
  /** Another random song. */
  another: 'a',
} as const

export type Action = keyof typeof actions

/** The action that a letter stands for. */
export function actionOf(letter: string | undefined): Action | undefined {
  return (Object.keys(actions) as Action[]).find((name) => actions[name] === letter)
}

/** Everything that a button needs to know, carried by its custom id: there is no session. */
export interface PageId {
  readonly owner: string
  readonly offset: number
  /** Milliseconds, whole seconds. */
  readonly anchor?: number | undefined
  readonly market?: string | undefined
  /** What was searched for; undefined for the list of all songs. */
  readonly query?: string | undefined
  readonly action: Action
}

/** The longest query that an id has room for, in UTF-16 units. */
export const longestQuery = 50

const shape =
  /^liked:1:(\d{17,20}):(0|[1-9]\d{0,6}):((?:0|[1-9a-z][0-9a-z]{0,7})?):([a-z])(?:\.([A-Z]{2}))?(?::(.+))?$/s

/** `liked:1:<owner>:<offset>:<anchor>:<action and market>` and `:<query>` of a search; 100 characters at most. */
export function encodePageId({ owner, offset, anchor, market, query, action }: PageId): string {
  const seconds = anchor === undefined ? '' : Math.ceil(anchor / 1000).toString(36)
  const end = `${actions[action]}${market ? `.${market}` : ''}${query ? `:${query}` : ''}`
  return `liked:1:${owner}:${Math.max(offset, 0)}:${seconds}:${end}`
}

/** Undefined for anything that `encodePageId` does not make, such as an id of another release. */
export function decodePageId(customId: string): PageId | undefined {
  const [, owner = '', offset = '', seconds = '', letter, market, query] = shape.exec(customId) ?? []
  const action = actionOf(letter)
  if (!action || (query?.length ?? 0) > longestQuery) return undefined
  const anchor = seconds ? parseInt(seconds, 36) * 1000 : undefined
  return { owner, offset: Number(offset), anchor, market, query, action }
}
