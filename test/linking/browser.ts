import { createBrowser, type Page } from '../../sandbox/browser.ts'

/** What our pages call themselves. */
export const site = 'https://hearsay.test'

/** Who began a navigation: the person, one of our pages, a page of somebody else's, or one on a sibling host. */
export type Initiator = 'none' | 'same-origin' | 'cross-site' | 'same-site'

/** A request that somebody could send. */
export interface Step {
  readonly url: string
  readonly form?: URLSearchParams | undefined
}

/** The sandbox's browser with what browsers of 2026 do about cookies of siblings, and about who began a request. */
export interface ModernBrowser {
  /** Sends one request and follows nothing. */
  send(step: Step, initiator: Initiator): Promise<Page>
  /** Follows redirects. `trail`: every address that it was sent to. */
  navigate(step: Step, initiator: Initiator): Promise<{ page: Page; trail: readonly string[] }>
  /** Asks for one of our addresses in advance. Throws where that changes anything in the browser. */
  prefetch(url: string): Promise<void>
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
let browsers = 0

/** @param address where our pages really are */
export function createModernBrowser(address: string, person: string, { knowsPrefixes }: Habits): ModernBrowser {
  const browser = createBrowser(person)
  const tossed = new Map<string, string>()
  const held: string[] = []
  browsers += 1
  browser.headers['x-forwarded-for'] = `10.${(browsers >> 16) & 255}.${(browsers >> 8) & 255}.${browsers & 255}`
  return { held, send, navigate, prefetch, isTossed, losesCookies }

  async function send({ url, form }: Step, from: Initiator): Promise<Page> {
    if (!isOurs(url)) return { ...(await browser.send(url, post(form))), url }
    // SameSite=Lax: not with a form from another site, but with everything that only opens a page.
    const own = from === 'cross-site' && form ? [] : browser.cookies
    const cookie = [...tossed, ...own].map(([name, value]) => (name ? `${name}=${value}` : value)).join('; ')
    const origin = from === 'same-site' ? 'https://sibling.test' : 'null'
    const headers = { 'sec-fetch-site': from, cookie, ...(form && { origin }) }
    const page = await browser.send(address + url.slice(site.length), post(form, headers))
    for (const line of page.headers.getSetCookie()) check(line)
    return { ...page, url }
  }

  async function prefetch(url: string): Promise<void> {
    const cookie = [...tossed, ...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { cookie, 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch' }
    const page = await browser.send(address + url.slice(site.length), { headers })
    if (page.status < 400 || page.headers.getSetCookie().length > 0)
      throw new Error(`${url} was answered with ${page.status} before anybody went there`)
  }

  async function navigate(step: Step, initiator: Initiator): Promise<{ page: Page; trail: string[] }> {
    let [{ url, form }, from] = [step, initiator]
    const trail: string[] = []
    for (;;) {
      trail.push(url)
      if (!isOurs(url)) from = 'cross-site'
      const page = await send({ url, form }, from)
      const location = page.headers.get('location')
      if (location === null) return { page, trail }
      url = new URL(location, url).href
      form = undefined
    }
  }

  function isTossed(name: string, value: string): void {
    const asStored = name === '' ? value : name.trim()
    if (knowsPrefixes && /^__(host|secure)-/i.test(asStored)) return
    tossed.set(name, value)
  }

  function losesCookies(): void {
    browser.cookies.delete(cookieName)
    tossed.clear()
  }

  function check(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (name !== cookieName || !/;\s*secure/i.test(line) || !/;\s*path=\/(;|$)/i.test(line) || /domain=/i.test(line))
      throw new Error(`A browser would not keep ${name} as it was sent`)
    held.push(value)
  }
}

export function isOurs(url: string): boolean {
  return url.startsWith(`${site}/`)
}

function post(form: URLSearchParams | undefined, headers: Record<string, string> = {}) {
  if (!form) return { headers }
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', headers: { ...headers, ...type }, body: form.toString() }
}
