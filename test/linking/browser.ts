import { Agent, request } from 'undici'
import { addresses } from './providers.ts'

/** Who began a navigation: the person, one of our pages, a page of somebody else's, or one on a sibling host. */
export type Initiator = 'none' | 'same-origin' | 'cross-site' | 'same-site'

/** A request that somebody could send. */
export interface Step {
  readonly url: string
  readonly form?: URLSearchParams | undefined
}

export interface Page {
  readonly url: string
  /** 0 for a page that is not ours. */
  readonly status: number
  readonly text: string
}

/** A browser as of 2026, as far as cookies and the headers about who began something go. */
export interface Browser {
  /** Follows redirects as long as they lead to us. `trail`: every address that it was sent to. */
  navigate(step: Step, initiator: Initiator): Promise<{ page: Page; trail: readonly string[] }>
  /** What a sibling host sets for all its siblings. The browser refuses names that say that only their host may. */
  isTossed(name: string, value: string): void
  /** The person clears them, or somebody sets so many that the browser drops ours. */
  losesCookies(): void
  /** Every value of ours that it has ever held. */
  readonly held: readonly string[]
}

export interface Habits {
  /** Whether it knows the prefixes of cookie names; every browser of the last years does. */
  readonly knowsPrefixes: boolean
}

const cookieName = '__Host-hearsay'
const agent = new Agent({ connections: 8 })
let browsers = 0

/** `server`: where our pages really are. */
export function createBrowser(server: string, { knowsPrefixes }: Habits): Browser {
  browsers += 1
  const address = `10.${(browsers >> 16) & 255}.${(browsers >> 8) & 255}.${browsers & 255}`
  const own = new Map<string, string>()
  const tossed = new Map<string, string>()
  const held: string[] = []

  return {
    held,
    async navigate(step, initiator) {
      let [{ url, form }, from] = [step, initiator]
      const trail: string[] = []
      for (;;) {
        trail.push(url)
        if (!url.startsWith(`${addresses.site}/`)) return { page: { url, status: 0, text: '' }, trail }
        const { page, location } = await send({ url, form }, from)
        if (location === undefined) return { page, trail }
        url = new URL(location, url).href
        form = undefined
        if (!url.startsWith(`${addresses.site}/`)) from = 'cross-site'
      }
    },
    isTossed(name, value) {
      const asStored = name === '' ? value : name.trim()
      if (knowsPrefixes && /^__(host|secure)-/i.test(asStored)) return
      tossed.set(name, value)
    },
    losesCookies() {
      own.clear()
      tossed.clear()
    },
  }

  async function send({ url, form }: Step, from: Initiator) {
    const headers: Record<string, string> = { 'sec-fetch-site': from, 'x-forwarded-for': address }
    // SameSite=Lax: not with a form from another site, but with everything that only opens a page.
    const withOwn = from !== 'cross-site' || !form
    const pairs = [...tossed, ...(withOwn ? own : [])].map(([name, value]) => (name ? `${name}=${value}` : value))
    if (pairs.length > 0) headers['cookie'] = pairs.join('; ')
    if (form) {
      headers['content-type'] = 'application/x-www-form-urlencoded'
      headers['origin'] = from === 'same-site' ? 'https://sibling.test' : 'null'
    }
    const target = server + url.slice(addresses.site.length)
    const method = form ? 'POST' : 'GET'
    const answer = await request(target, { dispatcher: agent, method, headers, body: form ? String(form) : null })
    const text = await answer.body.text()
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) keep(line)
    const location = answer.headers['location']
    return {
      page: { url, status: answer.statusCode, text },
      location: typeof location === 'string' ? location : undefined,
    }
  }

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (name !== cookieName || !/;\s*secure/i.test(line) || !/;\s*path=\/(;|$)/i.test(line) || /domain=/i.test(line))
      throw new Error(`A browser would not keep ${name} as it was sent`)
    own.set(name, value)
    held.push(value)
  }
}
