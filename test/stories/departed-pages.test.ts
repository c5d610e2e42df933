import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { textOf } from '../world/message-text.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, footerOf, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''
const hour = 60 * 60 * 1000

describe('a roundup from before Ana left the server, an hour after Discord last spoke of her', () => {
  let world: World
  let ana: Player
  let ben: Player
  let chiyo: Player
  let emil: Player
  let post: Message
  beforeAll(async () => {
    // What Discord has said counts for an hour by this clock.
    vi.useFakeTimers({ toFake: ['performance'] })
    vi.advanceTimersByTime(1)
    world = await startWorld({}, 'gateway', unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    chiyo = world.person('chiyo')
    emil = world.person('emil')
    // Three pages of what all three of them saved.
    const songs = ana.spotify.library.slice(0, 25)
    const lately = songs.map(({ song }, index) => ({ song, addedAt: Date.now() - (index + 1) * hour }))
    for (const { spotify } of [ana, ben, emil]) spotify.library = [...lately]
    chiyo.spotify.library = chiyo.spotify.library.slice(0, 3)
    for (const player of [ana, ben, chiyo, emil]) await player.links()
  })
  afterAll(async () => {
    vi.useRealTimers()
    await world.stop()
  })
  beforeEach(async () => {
    world.discord.comeBack(ana.id)
    for (const player of [ana, ben, chiyo, emil]) await joins(player)
    post = messageOf(await collected(world, ben, await ben.uses('roundup now', { days: 31 })))
    expect(footerOf(post)).toMatch(/^Page 1 of 3/)
    expect(textOf(post)).toContain(ana.id)
    const second = messageOf(await ben.presses(post, 'Next'))
    expect(JSON.stringify(second)).toContain(ana.id)
    post = messageOf(await ben.presses(second, 'Previous'))
    // What is noted once an answer has been sent is noted before the next one is there.
    for (let use = 1; use <= 2; use += 1) await ben.uses('roundup status')
    world.discord.leave(ana.id)
    vi.advanceTimersByTime(hour + 1)
  })

  test('Ben presses Next, and Discord is asked about the others on the page', async () => {
    const before = world.discord.requests.length
    showsHerNoMore(messageOf(await ben.presses(post, 'Next')), 2)
    const paths = world.discord.requests.slice(before).map(({ path }) => path)
    const asked = paths.flatMap((path) => /\/members\/(\d+)/.exec(path)?.[1] ?? [])
    expect(asked).toEqual(expect.arrayContaining([ana.id, emil.id]))
    expect(asked).not.toContain(ben.id)
    expect(messageOf(await ben.uses('roundup status')).content).toContain('3 members are in the roundups')
  })

  test('Ben types a page', async () => {
    const modal = await ben.presses(post, '1 / 3')
    expect(modal.kind).toBe('modal')
    const there = messageOf(await ben.submits(modal, { page: '2' }))
    showsHerNoMore(there, 2)
    showsHerNoMore(messageOf(await ben.submits(await ben.presses(there, '2 / 3'), { page: '99999' })), 3)
  })

  test('Ben presses, and Discord does not say: she is shown, and left out once it has', async () => {
    const route = new RegExp(`GET .*/guilds/${world.discord.guild.id}/members/`)
    world.discord.failNext(route, 500, { message: 'Internal', code: 0 }, 50)
    const next = messageOf(await ben.presses(post, 'Next'))
    expect(footerOf(next)).toContain('Page 2 of 3')
    expect(JSON.stringify(next)).toContain(ana.id)
    world.discord.stopFailing()
    vi.advanceTimersByTime(hour)
    showsHerNoMore(messageOf(await ben.presses(next, 'Previous')), 1)
  })

  test('Chiyo leaves the roundups: the post is changed, and shows Ana no more either', async () => {
    await chiyo.uses('roundup leave')
    await expect.poll(shownNow).not.toContain(ana.id)
    expect(shownNow()).toContain(ben.id)
    expect(shownNow()).not.toContain(chiyo.id)
  })

  function showsHerNoMore(message: Message, page: number): void {
    expect(JSON.stringify(message)).not.toContain(ana.id)
    expect(footerOf(message)).toContain(`Page ${page} of 3`)
  }

  function shownNow(): string {
    return JSON.stringify(world.discord.messages(music, ben.id).find(({ id }) => id === post.id))
  }
})

async function joins(player: Player): Promise<void> {
  const question = messageOf(await player.uses('roundup join'))
  if (buttonsOf(question).some(({ label }) => label === 'Join roundups'))
    await player.presses(question, 'Join roundups')
}
