import type { PlaylistSource } from '../accounts/link-task.ts'
import { pageSize, type Anchor, type PageRequest } from '../library/page.ts'

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

/** The action of a letter. */
export function actionOf(letter: string | undefined): Action | undefined {
  return (Object.keys(actions) as Action[]).find((name) => actions[name] === letter)
}

/** The songs of an artist, of this day in earlier years, or that two people have liked. */
const lists = { artist: 'a', memories: 'm', common: 'c' } as const
export type ListKind = keyof typeof lists

/** Everything that a button needs to know, carried by its custom id: there is no session. */
export interface PageId {
  /** 1 is what 0.1.0 has sent: the offset is the wanted page's, the anchor the newest like of then. */
  readonly version: 1 | 2
  readonly owner: string
  /** Of the anchor in the list as it was first shown; without one of a page. */
  readonly offset: number
  /** A row under which the button is: when it was liked, in milliseconds and whole seconds, and a hash of its uri. */
  readonly anchor?: Pick<Anchor, 'time' | 'hash'> | undefined
  readonly market?: string | undefined
  /** The period that the list is about, as `2023-07`. */
  readonly range?: string | undefined
  /** How many pages there are; only where the number of one is asked for. */
  readonly pages?: number | undefined
  /** Which list it is, where it is neither that of all songs nor of a search. */
  readonly list?: ListKind | undefined
  /** What was searched for, or which artist, day or other person; undefined for the list of all songs. Of `another`: the owner's name. */
  readonly query?: string | undefined
  readonly action: Action
}

/** The longest query that an id has room for, in UTF-16 units. */
export const longestQuery = 50

const mostOffset = 9_999_999
const mostPages = 99_999
const end = String.raw`:([a-z])([1-9]\d{0,4})?(?:\.(?:([A-Z]{2})|(\d{4}(?:-\d\d){0,2})|([amc])))?(?::(.+))?$`
const shapes = {
  1: new RegExp(String.raw`^liked:1:(\d{17,20}):(0|[1-9]\d{0,6}):()((?:0|[1-9a-z][0-9a-z]{0,7})?)${end}`, 's'),
  2: new RegExp(
    String.raw`^liked:2:([1-9a-z][0-9a-z]{10,12}):(0|[1-9a-z][0-9a-z]{0,4}):(?:([\w-]{3})(0|[1-9a-z][0-9a-z]{0,7})?)?${end}`,
    's',
  ),
}

/**
 * `liked:2:<owner>:<offset>:<hash and time>:<action, pages and market, period or list>` and `:<query>`, numbers but
 * pages in base 36; 100 characters at most.
 */
export function encodePageId(id: PageId): string {
  const { version, owner, offset, anchor, market, range, list: kind, query, action, pages } = id
  const seconds = anchor?.time === undefined ? '' : Math.ceil(anchor.time / 1000).toString(36)
  const after = (mark: string, value?: string | number): string => (value ? `${mark}${value}` : '')
  const counted = after('', pages && pages <= mostPages ? pages : 0)
  const which = market ?? range ?? (kind && lists[kind])
  const list = `${actions[action]}${counted}${after('.', which)}${after(':', query)}`
  const rest = `${anchor?.hash ?? ''}${seconds}:${list}`
  const whose = version === 1 ? owner : BigInt(owner).toString(36)
  return `liked:${version}:${whose}:${Math.max(offset, 0).toString(version === 1 ? 10 : 36)}:${rest}`
}

/** Undefined for anything that no release makes. */
export function decodePageId(customId: string): PageId | undefined {
  const version = customId.startsWith('liked:1:') ? 1 : 2
  const [, whose = '', place = '', hash, seconds, letter, count, market, range, sign, query] =
    shapes[version].exec(customId) ?? []
  const action = actionOf(letter)
  const owner = version === 1 ? whose : personIn(whose)
  const offset = parseInt(place, version === 1 ? 10 : 36)
  if (!action || !owner || (query?.length ?? 0) > longestQuery || offset > mostOffset) return undefined
  const time = seconds ? parseInt(seconds, 36) * 1000 : undefined
  const anchor = hash || seconds ? { time, hash: hash || undefined } : undefined
  const list = (Object.keys(lists) as ListKind[]).find((kind) => lists[kind] === sign)
  if (list && query === undefined) return undefined
  return {
    version,
    owner,
    offset,
    anchor,
    market,
    range,
    list,
    query,
    action,
    pages: count ? Number(count) : undefined,
  }
}

/** A person's id of digits in base 36; undefined for other numbers. */
export function personIn(digits: string): string | undefined {
  const person = String(Array.from(digits).reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n))
  return /^\d{17,20}$/.test(person) ? person : undefined
}

/** The number of the page under which the button is, from 1. */
export function pageOf({ offset }: PageId): number {
  return Math.floor(offset / pageSize) + 1
}

/** Which page the button leads to, but for those that ask for a number or begin anew. */
export function pageWanted({ version, offset, anchor, action }: PageId): Pick<PageRequest, 'offset' | 'anchor'> {
  if (version === 1) return { offset, anchor: anchor && { ...anchor, offset: 0 } }
  const page = offset - (offset % pageSize)
  const targets: Partial<Record<Action, number>> = {
    first: 0,
    previous: page - pageSize,
    next: page + pageSize,
    last: Infinity,
  }
  return { offset: targets[action] ?? page, anchor: anchor && { ...anchor, offset } }
}

/** The beginning of the ids of buttons that make a playlist, under lists and under roundups. */
export const playlistButton = { list: 'liked:playlist', roundup: 'roundup:1:playlist' } as const

/** A button that makes a playlist; `isAgreed`: of what it takes has been told. */
export function encodePlaylistId({ of, value }: PlaylistSource, isAgreed = false): string {
  const now = isAgreed ? '-now' : ''
  return of === 'roundup' ? `${playlistButton.roundup}${now}:${value}` : `${playlistButton.list}${now}:${of}:${value}`
}
