/** A browser without JavaScript: cookies, redirects, and the form that goes on. All of it on loopback, where ports share cookies. */
export interface Browser {
  readonly cookies: Map<string, string>
  /** Sent with every request. */
  readonly headers: Record<string, string>
  /** Whether it asks for every address twice: in advance, and once the person goes there. */
  prefetches: boolean
  /** Asks for an address in advance, as for a link that the person may follow. What comes back is not shown. */
  prefetch(url: string): Promise<Page>
  /** Opens an address and follows redirects. */
  visit(url: string): Promise<Page>
  /** Sends one request and follows nothing. */
  send(url: string, options?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Page>
  /** Sends the page's primary form and follows redirects. */
  goOn(page: Page): Promise<Page>
  /** Sends the form whose button carries the label. */
  push(page: Page, label: string): Promise<Page>
}

export interface Page {
  readonly url: string
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** The addresses that led here, first to last. */
  readonly trail: readonly string[]
}

/** A form as it would be sent. */
export interface Form {
  readonly action: string
  readonly isPost: boolean
  readonly fields: URLSearchParams
}

const primary = /<(form|button)[^>]*primary[^>]*>/
const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

export function createBrowser(signedInAs?: string): Browser {
  const cookies = new Map<string, string>(signedInAs ? [['sandbox_person', signedInAs]] : [])
  const always: Record<string, string> = {}
  const browser: Browser = {
    cookies,
    headers: always,
    prefetches: false,
    prefetch: (url) => browser.send(url, { headers: { 'sec-purpose': 'prefetch;prerender', purpose: 'prefetch' } }),
    visit: (url) => follow(url),
    async send(url, { method = 'GET', headers = {}, body } = {}) {
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
      const response = await fetch(url, {
        method,
        headers: { ...(cookie && { cookie }), ...always, ...headers },
        redirect: 'manual',
        ...(body !== undefined && { body }),
      })
      for (const line of response.headers.getSetCookie()) keep(line)
      return { url, status: response.status, text: await response.text(), headers: response.headers, trail: [url] }
    },
    goOn: (page) => submit(primaryForm(page)),
    push: (page, label) => submit(formWith(page, label)),
  }
  return browser

  async function follow(url: string, options?: Parameters<Browser['send']>[1]): Promise<Page> {
    if (browser.prefetches && !options) await browser.prefetch(url)
    let page = await browser.send(url, options)
    const trail = [url]
    while ([302, 303].includes(page.status)) {
      const next = new URL(page.headers.get('location') ?? '', page.url).href
      trail.push(next)
      if (browser.prefetches) await browser.prefetch(next)
      page = await browser.send(next)
    }
    return { ...page, trail }
  }

  function submit({ action, isPost, fields }: Form): Promise<Page> {
    const body = fields.toString()
    return isPost ? follow(action, { method: 'POST', headers: formHeaders, body }) : follow(`${action}?${body}`)
  }

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name)
    else cookies.set(name, value)
  }
}

export function primaryForm(page: Page): Form {
  const form = findForm(page)
  if (!form) throw new Error(`No primary form on ${page.url} (${page.status}): ${words(page)}`)
  return form
}

/** The first form on the page whose markup matches; without a pattern the primary one. */
export function findForm({ text, url }: Pick<Page, 'text' | 'url'>, pattern = primary): Form | undefined {
  const found = text.match(/<form[^>]*>[\s\S]*?<\/form>/g)?.find((markup) => pattern.test(markup))
  if (found === undefined) return undefined
  const [tag] = found.split('>', 1)
  const action = unescape(/action="([^"]*)"/.exec(tag ?? '')?.[1] ?? url)
  const isPost = /method="post"/.test(tag ?? '')
  return { action: new URL(action, url).href, isPost, fields: new URLSearchParams(fieldsOf(found)) }
}

/** What a person reads on the page. */
export function words({ text }: Pick<Page, 'text'>): string {
  const body = text.replace(/<(style|title)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ')
  return unescape(body).replace(/\s+/g, ' ').trim()
}

function formWith(page: Page, label: string): Form {
  const form = findForm(page, new RegExp(`>${RegExp.escape(label)}<`))
  if (!form) throw new Error(`No form with "${label}" on ${page.url}`)
  return form
}

function fieldsOf(content: string): Record<string, string> {
  const inputs = [...content.matchAll(/<(?:input|button)[^>]*name="([^"]+)"[^>]*>/g)]
  const sent = inputs.filter(([markup]) => !markup.includes('type="radio"') || /\schecked[\s>=]/.test(markup))
  return Object.fromEntries(
    sent.map(([markup, name = '']) => [name, unescape(/value="([^"]*)"/.exec(markup)?.[1] ?? '')]),
  )
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&amp;', '&')
}
