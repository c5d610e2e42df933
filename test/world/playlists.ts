import { expect } from 'vitest'
import type { Page } from '../../sandbox/browser.ts'
import type { Message } from '../../sandbox/discord/discord.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { seenAgain } from './asking.ts'
import { buttonsOf, messageOf, type Player } from './world.ts'

/** What stories about playlists do and look at. */
export function playlistSteps(world: Pick<Sandbox, 'discord' | 'spotify'>) {
  return { now, goesOn, allows, linkIn, uses, settled, listed, requestsSince }

  /** The message as that person sees it. */
  function now(message: Message, player: Player): Message | undefined {
    return seenAgain(world, player, message)
  }

  /** Through all pages of linking, to the last one. */
  async function goesOn(player: Player, url: string): Promise<Page> {
    let page = await player.browser.visit(url)
    while (!page.url.includes('/link/done')) page = await player.browser.goOn(page)
    return page
  }

  /** Agrees where the answer leads, and has the playlist after it. */
  async function allows(player: Player, told: Message, label = 'Allow playlists') {
    const done = await goesOn(player, linkIn(told, label))
    await expect.poll(() => now(told, player)?.content).toMatch(/^(?:Made|Updated) /)
    return { done, news: now(told, player) ?? expect.unreachable('no news') }
  }

  function linkIn(message: Message, label: string): string {
    return buttonsOf(message).find((button) => button.label === label)?.url ?? expect.unreachable(message.content)
  }

  async function uses(player: Player, count?: number): Promise<Message> {
    return settled(player, messageOf(await player.uses('liked playlist', count === undefined ? {} : { count })))
  }

  /** What is shown once nothing is under way. */
  async function settled(player: Player, message: Message): Promise<Message> {
    await expect.poll(() => now(message, player)?.content).not.toMatch(/^(?:Reading|Filling|I have gone|$)/)
    return now(message, player) ?? message
  }

  /** A list of songs once it is whole. */
  async function listed(player: Player, outcome: Awaited<ReturnType<Player['uses']>>): Promise<Message> {
    const message = messageOf(outcome)
    await expect.poll(() => buttonsOf(now(message, player) ?? message).length).toBeGreaterThan(0)
    return now(message, player) ?? message
  }

  /** The requests of the Web API from now on, with ids left out. */
  function requestsSince(): () => string[] {
    const before = world.spotify.requests.length
    return () =>
      world.spotify.requests
        .slice(before)
        .filter(({ path }) => path.startsWith('/v1/'))
        .map(({ method, path }) => `${method} ${path.replace(/\w{22}/, '…')}`)
  }
}

/** The uris of somebody's newest likes. */
export function tracksOf({ spotify }: Player, count: number): string[] {
  return spotify.library.slice(0, count).map(({ song }) => `spotify:track:${song?.id}`)
}
