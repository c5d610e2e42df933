import { findForm, words, type Page } from '../../sandbox/browser.ts'
import { createModernBrowser, isOurs, site } from './browser.ts'
import type { Habits, Initiator, ModernBrowser, Step } from './browser.ts'
import type { LinkingFixture } from './linking-fixture.ts'
import type { Move } from './moves.ts'
import { names, people, type Name } from './people.ts'

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
  readonly browser: ModernBrowser
  page: Page | undefined
  /** The addresses of ours that it was sent to, first to last. */
  readonly visited: string[]
}

/**
 * Plays the moves in a fresh world. Rejects with LinkingError after the move that linked somebody with another's account.
 * Browsers follow redirects at once; what Mallory reads of other people's addresses she reads afterwards. One thing she
 * does not do, since nothing but the page's words is against it: answer a victim's own question at a provider,
 * keep her browser from taking the answer to us, and have the victim open it instead.
 */
export async function play(
  moves: readonly Move[],
  fixture: LinkingFixture,
  habits: Habits,
  score: Score,
): Promise<void> {
  fixture.beginAnew()
  const { app, address } = fixture
  const create = (name: Name): Player => {
    return { browser: createModernBrowser(address, people[name].discord, habits), page: undefined, visited: [] }
  }
  const players = { ana: create('ana'), ben: create('ben'), mallory: create('mallory') }
  /** All that Mallory has: every address that anybody's browser was sent to, her own forms, and what she made of them. */
  const loot: Step[] = [{ url: `${site}/link` }]
  /** What providers asked the victims: what a provider binds its code to, and the state beside it. */
  const asked = new Map<string, string>()

  for (const move of moves) {
    score.moves += 1
    await perform(move)
    await judge(move)
  }
  if (fixture.errors.length > 0) throw new LinkingError('A page failed unexpectedly')

  async function perform(move: Move): Promise<void> {
    switch (move.kind) {
      case 'begins': {
        const invitation = move.invited && (await app.invitations.create(people[move.who].discord, undefined))
        return go(move.who, { url: invitation || `${site}/link` }, 'none')
      }
      case 'goes on':
        return goOn(move.who, true)
      case 'repeats': {
        const url = latest(players[move.who].visited, move.pick)
        return url === undefined ? undefined : go(move.who, { url }, 'none')
      }
      case 'prefetches': {
        const { url } = taken(move.pick)
        if (isOurs(url)) await players[move.who].browser.prefetch(url)
        return
      }
      case 'says no':
        return goOn(move.who, false)
      case 'unlinks':
        return void (await app.accounts.unlink(people[move.who].discord))
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
        const value = latest(held, move.pick) ?? 'x'.repeat(43)
        const bare = move.name === '' || move.name === 'x'
        return players[move.who].browser.isTossed(move.name, bare ? `__Host-hearsay=${value}` : value)
      }
      case 'loses cookies':
        return players[move.who].browser.losesCookies()
      case 'replays':
        return go('mallory', taken(move.pick), 'same-origin')
      case 'withholds her answer': {
        const { page } = players.mallory
        if (!page || !asks(page) || asked.has(part(page.url, 'code_challenge'))) return
        const { headers } = await players.mallory.browser.send(answerTo(page, move.agrees), 'same-origin')
        return void loot.push({ url: headers.get('location') ?? '' })
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
    if (asks(page)) {
      // A victim's question that Mallory has altered is one that she might as well answer in secret.
      const state = asked.get(part(page.url, 'code_challenge'))
      if (who === 'mallory' && state !== undefined && state !== part(page.url, 'state')) return
      return go(who, answerTo(page, agrees), 'same-origin')
    }
    const form = formOf(page)
    const other = names.find((name) => name !== who && page.text.includes(`@${people[name].username}`))
    if (form && (!other || who === 'mallory')) await go(who, form, 'same-origin')
  }

  async function go(who: Name, step: Step, initiator: Initiator): Promise<void> {
    const player = players[who]
    const { page, trail } = await player.browser.navigate(step, initiator)
    if (page.status >= 500) throw new LinkingError(`${step.url} answered ${page.status}: ${words(page)}`)
    if (page.status >= 400 && isOurs(page.url)) score.refused += 1
    player.page = page
    player.visited.push(...trail.filter(isOurs))
    // The address of a provider's form says nothing that its question has not said.
    const answers = step.form && !isOurs(step.url)
    loot.push(...trail.slice(answers ? 1 : 0).map((url) => ({ url })))
    if (who !== 'mallory') {
      if (step.form && !answers)
        for (const url of trail.slice(1)) asked.set(part(url, 'code_challenge'), part(url, 'state'))
      return
    }
    const form = formOf(page)
    if (form) loot.push(form)
  }

  function taken(pick: number): Step {
    return latest(loot, pick) ?? { url: `${site}/link` }
  }

  async function judge(move: Move): Promise<void> {
    for (const name of names) {
      const { discord, spotify } = people[name]
      const link = await fixture.linkOf(discord)
      if (link && link.spotifyName !== spotify) {
        throw new LinkingError(
          `After "${move.kind}", ${name} is linked with the Spotify account of ${link.spotifyName}`,
        )
      }
      if (link && isDone(players[name].page)) {
        score.linked += 1
        players[name].page = undefined
      }
    }
  }
}

/** One of them, the later ones more often. */
function latest<Item>(items: readonly Item[], pick: number): Item | undefined {
  return items[items.length - 1 - Math.floor(pick ** 2 * items.length)]
}

function isDone(page: Page | undefined): boolean {
  return page?.status === 200 && page.url === `${site}/link/done`
}

/** Whether it is a provider's page that asks for consent. */
function asks({ url, status }: Page): boolean {
  return !isOurs(url) && status === 200
}

function answerTo(page: Page, agrees: boolean): Step {
  const form = agrees ? findForm(page) : findForm(page, />Cancel</)
  return { url: form?.action ?? page.url, form: form?.fields }
}

/** What one of our own pages would send. */
function formOf(page: Page): Step | undefined {
  const form = isOurs(page.url) ? findForm(page) : undefined
  return form && { url: form.action, form: form.fields }
}

function part(url: string, name: string): string {
  return new URL(url).searchParams.get(name) ?? ''
}
