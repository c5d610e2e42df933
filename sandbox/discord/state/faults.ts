import type { World } from './world.ts'

/** An answer that a test has asked to fail. With `lost` the request takes effect first. */
export interface Fault {
  readonly match: RegExp
  readonly lost: boolean
  readonly status: number
  /** JSON; a text is sent as a page. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  times: number
}

/** Instead of a status: the connection is reset. */
export const cut = 0

// What Cloudflare answers in front of Discord when it has had enough of an address.
const page = '<!doctype html><html><head><title>Access denied | discord.com used Cloudflare</title></head></html>'

/**
 * Has matching requests wait, as Discord does, or Cloudflare in front of it with a page, until the function that is
 * returned is called. `retryAfter` is the header as it is sent; without it there is none.
 */
export function haveWait(world: World, match: RegExp, retryAfter?: string, form: 'json' | 'page' = 'json'): () => void {
  const json = { message: 'You are being rate limited.', retry_after: Number(retryAfter), global: false }
  const headers = {
    ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
    ...(form === 'json' && { 'X-RateLimit-Scope': 'user' }),
  }
  const fault = { match, lost: false, status: 429, body: form === 'json' ? json : page, headers, times: Infinity }
  world.faults.push(fault)
  return () => void world.faults.splice(world.faults.indexOf(fault), 1)
}

/** The fault for this request, used up once. `match` is tried on the path and on "METHOD path". */
export function takeFault(world: World, method: string, path: string): Fault | undefined {
  const index = world.faults.findIndex(({ match }) => path.search(match) >= 0 || `${method} ${path}`.search(match) >= 0)
  const fault = world.faults[index]
  if (fault && --fault.times <= 0) world.faults.splice(index, 1)
  return fault
}
