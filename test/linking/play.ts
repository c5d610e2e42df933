import { primaryForm, words } from '../../sandbox/browser.ts'
import { createBrowser, type Browser, type Habits, type Initiator, type Page, type Step } from './browser.ts'
import { cast, names, type Name } from './cast.ts'
import type { Move } from './moves.ts'
import type { Program } from './program.ts'
import { addresses } from './providers.ts'

/** A link across people, or a page that failed: what must never happen. */
export class LinkingError extends Error {
  override readonly name = 'LinkingError'
}

export interface Score {
  moves: number
  linked: number
  refused: number
}

interface Player {
  readonly browser: Browser
  page: Page | undefined
}

/**
 * Plays the moves in a fresh world. Rejects with LinkingError after the move that linked somebody with another's account.
 * Browsers follow redirects at once; what Mallory reads of other people's addresses she reads afterwards. One thing she
 * does not do, since nothing but the page's words stands against it: answer a victim's own question at a provider,
 * keep her browser from taking the answer to us, and have the victim open it instead.
 */
export async function play(moves: readonly Move[], program: Program, habits: Habits, score: Score): Promise<void> {
  program.beginAnew()
  const { app, url: server } = program
  const providers = program.providers()
  const create = (): Player => ({ browser: createBrowser(server, habits), page: undefined })
  const players = { ana: create(), ben: create(), mallory: create() }
  /** All that Mallory has: every address that anybody's browser was sent to, her own forms, and what she made of them. */
  const loot: Step[] = [{ url: `${addresses.site}/link` }]
  /** The questions of the victims: what a provider binds its code to, and the state beside it. */
  const asked = new Map<string, string>()

  for (const move of moves) {
    score.moves += 1
    await perform(move)
    await judge(move)
  }
  if (program.errors.length > 0) throw new LinkingError('A page failed in a way that nobody foresaw')

  async function perform(move: Move): Promise<void> {
    switch (move.kind) {
      case 'begins': {
        const invitation = move.invited && (await app.invitations.create(cast[move.who].discord, undefined))
        return go(move.who, { url: invitation || `${addresses.site}/link` }, 'none')
      }
      case 'goes on':
        return goOn(move.who, true)
      case 'says no':
        return goOn(move.who, false)
      case 'unlinks':
        return void (await app.accounts.unlink(cast[move.who].discord))
      case 'follows a link':
        return go(move.who, { url: taken(move.pick).url }, 'none')
      case 'is sent somewhere':
        return go(move.who, { url: taken(move.pick).url }, move.from)
      case 'sends a foreign form': {
        const { url, form = new URLSearchParams() } = taken(move.pick)
        return go(move.who, { url, form }, move.from)
      }
      case 'has a cookie tossed': {
        const { held } = players.mallory.browser
        const value = held[held.length - 1 - Math.floor(move.pick ** 2 * held.length)] ?? 'x'.repeat(43)
        const bare = move.name === '' || move.name === 'x'
        return players[move.who].browser.isTossed(move.name, bare ? `__Host-hearsay=${value}` : value)
      }
      case 'loses cookies':
        return players[move.who].browser.losesCookies()
      case 'replays':
        return go('mallory', taken(move.pick), 'same-origin')
      case 'withholds her answer': {
        const { page } = players.mallory
        if (!page || !providers.asks(page.url) || asked.has(part(page.url, 'code_challenge'))) return
        return void loot.push({ url: providers.answers(page.url, 'mallory', move.agrees) })
      }
      case 'makes an address of two': {
        const [one, other] = [new URL(taken(move.pick).url), new URL(taken(move.other).url)]
        const part = other.searchParams.get(move.part)
        if (part !== null) one.searchParams.set(move.part, part)
        return void loot.push({ url: one.href })
      }
    }
  }

  /** What the page in front of somebody asks for. Nobody goes on from a page that calls them by another's name. */
  async function goOn(who: Name, agrees: boolean): Promise<void> {
    const { page } = players[who]
    if (!page) return
    if (providers.asks(page.url)) {
      // A victim's question that Mallory has altered is one that she might as well answer in secret.
      const state = asked.get(part(page.url, 'code_challenge'))
      if (who === 'mallory' && state !== undefined && state !== part(page.url, 'state')) return
      return go(who, { url: providers.answers(page.url, who, agrees) }, 'cross-site')
    }
    const form = formOf(page)
    const other = names.find((name) => name !== who && page.text.includes(`@${cast[name].handle}`))
    if (form && (!other || who === 'mallory')) await go(who, form, 'same-origin')
  }

  async function go(who: Name, step: Step, initiator: Initiator): Promise<void> {
    const player = players[who]
    const { page, trail } = await player.browser.navigate(step, initiator)
    if (page.status >= 500) throw new LinkingError(`${step.url} answered ${page.status}: ${pageWords(page)}`)
    if (page.status >= 400) score.refused += 1
    player.page = page
    loot.push(...trail.map((url) => ({ url })))
    if (who !== 'mallory') {
      if (step.form) for (const url of trail.slice(1)) asked.set(part(url, 'code_challenge'), part(url, 'state'))
      return
    }
    const form = formOf(page)
    if (form) loot.push(form)
  }

  function taken(pick: number): Step {
    return loot[loot.length - 1 - Math.floor(pick ** 2 * loot.length)] ?? { url: `${addresses.site}/link` }
  }

  async function judge(move: Move): Promise<void> {
    for (const name of names) {
      const { discord, spotify } = cast[name]
      const link = await program.linkOf(discord)
      if (link && link.spotifyId !== spotify) {
        throw new LinkingError(`After "${move.kind}", ${name} is linked with ${link.spotifyId}`)
      }
      if (link && isDone(players[name].page)) {
        score.linked += 1
        players[name].page = undefined
      }
    }
  }
}

function isDone(page: Page | undefined): boolean {
  return page?.status === 200 && page.url === `${addresses.site}/link/done`
}

function formOf(page: Page): Step | undefined {
  if (!page.text.includes('class="primary"')) return undefined
  const { action, fields } = primaryForm(whole(page))
  return { url: new URL(action, page.url).href, form: new URLSearchParams(fields) }
}

function pageWords(page: Page): string {
  return words(whole(page))
}

function whole(page: Page) {
  return { ...page, headers: new Headers(), trail: [] }
}

function part(url: string, name: string): string {
  return new URL(url).searchParams.get(name) ?? ''
}
