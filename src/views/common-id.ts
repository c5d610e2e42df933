import { hash } from 'node:crypto'
import type { Link } from '../accounts/links.ts'
import type { App } from '../context.ts'
import { personIn } from './page-id.ts'

/** Who has asked for a list of what two people have both liked, and by which link of theirs, as a mark. */
export interface CommonCaller {
  readonly caller: string
  readonly mark: string
}

const shape = /^([1-9a-z][0-9a-z]{10,12})\.([\w-]{4})$/

/** A few letters by which a link is known again: what somebody has agreed to ends with it. */
export function markOf({ id }: Pick<Link, 'id'>): string {
  return hash('sha256', id, 'base64url').slice(0, 4)
}

/** As the id of a page has it in place of a query. */
export function commonQuery({ caller, mark }: CommonCaller): string {
  return `${BigInt(caller).toString(36)}.${mark}`
}

/** Undefined for anything else. */
export function commonCaller(query = ''): CommonCaller | undefined {
  const [, digits = '', mark = ''] = shape.exec(query) ?? []
  const caller = personIn(digits)
  return caller === undefined ? undefined : { caller, mark }
}

/** Whether the caller's use of a command or button still is their yes to its message: while they have that link. */
export async function stillAgrees(app: App, { caller, mark }: CommonCaller): Promise<boolean> {
  const link = await app.accounts.find(caller)
  return link !== undefined && markOf(link) === mark
}
