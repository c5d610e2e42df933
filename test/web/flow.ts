import { expect, onTestFinished, vi } from 'vitest'
import { findForm, words, type Browser, type Page } from '../../sandbox/browser.ts'
import { messageOf, type Player, type World } from '../world/world.ts'

export const providers = ['discord', 'spotify'] as const
export type Provider = (typeof providers)[number]

/** For a world in which a browser can have an address of its own, so that the limit per address meets only who earns it. */
export const behindProxy = { TRUST_PROXY: '1' }

let visitors = 0

/** Somebody with a fresh browser, at an address where nobody was before. */
export function newcomer(world: World, username: string): Player {
  const player = world.person(username)
  visitors += 1
  player.browser.headers['x-forwarded-for'] = `10.${visitors >> 16}.${(visitors >> 8) & 255}.${visitors & 255}`
  return player
}

/** A request that has not been sent yet. */
export interface Step {
  readonly url: string
  readonly form?: URLSearchParams
}

/** Takes the step and says which one comes next: where the answer redirects to, or what its primary form sends. */
export async function take(browser: Browser, { url, form }: Step): Promise<{ page: Page; next: Step | undefined }> {
  const page = await browser.send(url, form && { method: 'POST', body: form.toString(), headers: formHeaders })
  const location = page.headers.get('location')
  if (location !== null) return { page, next: { url: new URL(location, url).href } }
  return { page, next: formOf(page) }
}

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

/** Goes on wherever pages lead, and returns the last one. */
export async function takeAll(browser: Browser, step: Step): Promise<Page> {
  for (let { page, next } = await take(browser, step); ; { page, next } = await take(browser, next)) {
    if (!next) return page
  }
}

/** The redirect from a provider back to us; the browser has not followed it. */
export async function callbackOf(player: Player, provider: Provider): Promise<URL> {
  const { next } = await take(player.browser, formOf(await player.linksUntil(provider)) ?? expect.unreachable())
  const url = new URL(next?.url ?? '')
  expect(url.pathname).toBe(`/callback/${provider}`)
  return url
}

/** The name of the person's Spotify account, as the program knows it without asking Spotify. */
export async function linkedAs(player: Player): Promise<string | undefined> {
  const { content } = messageOf(await player.uses('unlink'))
  return /linked as \*\*(.+?)\*\*/.exec(content)?.[1]
}

export async function unlink(player: Player): Promise<void> {
  if (!(await linkedAs(player))) return
  expect(messageOf(await player.presses(messageOf(await player.uses('unlink')), 'Unlink')).content).toContain(
    'Unlinked',
  )
}

/** Nothing of the person's is stored: `/liked recent` sends them to `/link`. */
export async function expectNotLinked(player: Player): Promise<void> {
  expect(messageOf(await player.uses('liked recent')).content).toContain('/link')
}

/** A page that says in a sentence what is wrong and how to go on, and does not itself go on. */
export function expectRefusal(page: Page, status: number | RegExp = /^4\d\d$/): void {
  expect(String(page.status), `${page.url}: ${words(page)}`).toMatch(
    typeof status === 'number' ? String(status) : status,
  )
  expect(formOf(page)).toBeUndefined()
  expect(words(page)).toMatch(/[A-Z][^.]+\./)
  expect(words(page)).not.toContain('Something went wrong')
}

/** A Spotify that keeps what it is asked. */
interface FrozenSpotify {
  /** It answers what it has been asked, and keeps what comes next. */
  answers(): void
  /** It answers what comes next, and still keeps what it has been asked. */
  passesBy(): void
  /** It is itself again. */
  letGo(): void
}

/** From now on Spotify keeps what it is asked, and no timer runs out until it is let go. */
export function freezeSpotify({ spotify }: World): FrozenSpotify {
  let held = Promise.withResolvers<void>()
  const hold = (): void => void (spotify.trouble = { kind: 'held', until: held.promise })
  const self: FrozenSpotify = {
    answers() {
      const former = held
      held = Promise.withResolvers<void>()
      hold()
      former.resolve()
    },
    passesBy: () => void (spotify.trouble = { kind: 'none' }),
    letGo() {
      self.passesBy()
      vi.useRealTimers()
      held.resolve()
    },
  }
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(self.letGo)
  hold()
  return self
}

/** How many codes have been sent to the provider's token endpoint. */
export function exchanges(world: World, provider: Provider): number {
  const { requests } = world[provider]
  return requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/token')).length
}

function formOf(page: Page): Step | undefined {
  const form = findForm(page)
  return form && { url: form.action, form: form.fields }
}
