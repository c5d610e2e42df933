import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { usualDeadlines } from '../../src/discord/dispatch.ts'
import type { Outcome } from '../../sandbox/discord/discord.ts'
import { holdSpotify } from '../world/hold.ts'
import { messageOf, rowsOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

describe('when Spotify does not play along', () => {
  let world: World
  let ana: Player
  const deadlines = { ...unhurried }
  beforeEach(async () => {
    Object.assign(deadlines, unhurried)
    world = await startWorld({}, 'gateway', deadlines)
    ana = world.person('ana')
    await ana.links()
  })
  afterEach(() => world.stop())

  const callbacks = () => world.discord.requests.filter(({ path }) => path.endsWith('/callback'))

  /** What comes of it when Spotify answers after it has been announced. */
  async function late(act: () => Promise<Outcome>): Promise<Outcome> {
    Object.assign(deadlines, usualDeadlines)
    const before = callbacks().length
    const letGo = holdSpotify(world.spotify)
    const outcome = act()
    await expect.poll(() => callbacks()[before]?.status).toBe(204)
    letGo()
    Object.assign(deadlines, unhurried)
    return outcome
  }

  test('a slow answer is announced before Spotify has answered, and comes when it comes', async () => {
    const outcome = await late(() => ana.uses('liked recent'))
    expect(outcome).toMatchObject({ kind: 'message', deferred: true })
    const shown = messageOf(outcome)
    expect(rowsOf(shown)).toHaveLength(10)

    const dialog = await ana.presses(shown, '1 / 312')
    const there = await late(() => ana.submits(dialog, { page: '150' }))
    expect(there).toMatchObject({ kind: 'update', deferred: true })
  })

  test('a failure after a public announcement is for Ana alone, and the announcement goes', async () => {
    Object.assign(deadlines, usualDeadlines)
    world.spotify.script(/GET \/v1\/me\/tracks/, { fault: 'hang' })
    const outcome = await ana.uses('liked recent')
    expect(outcome).toMatchObject({ kind: 'message', deferred: true })
    expect(messageOf(outcome)).toMatchObject({
      ephemeral: true,
      content: expect.stringContaining("Spotify isn't working"),
    })
    const ben = world.discord.messages(messageOf(outcome).channelId, world.person('ben').id)
    expect(ben.some(({ thinking }) => thinking)).toBe(false)
  })

  test('SP-103 an expired token is renewed once and the page comes', async () => {
    world.spotify.expireAccessTokens()
    const shown = messageOf(await ana.uses('liked recent'))
    expect(rowsOf(shown)).toHaveLength(10)
    expect(world.spotify.requests.filter(({ path }) => path === '/api/token')).toHaveLength(2)
  })

  test('SP-106 hours of waiting are remembered: no request, a time to come back, and what is in hand "as of"', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    world.spotify.trouble = { kind: 'quota', retryAfter: 79_892 }
    const stale = messageOf(await ana.uses('liked recent'))
    expect(stale.embeds[0]?.['description']).toMatch(/As of <t:\d+:R>/)

    const before = world.spotify.requests.length
    const dialog = await ana.presses(shown, '1 / 312')
    const waiting = messageOf(await ana.submits(dialog, { page: '300' }))
    expect(waiting).toMatchObject({ ephemeral: true, content: expect.stringMatching(/daily limit.*<t:\d+:R>/) })
    expect(world.spotify.requests.length).toBe(before)
  })

  test('twenty commands at once on an expired token renew it once, although the old one dies of it', async () => {
    world.spotify.rotation = true
    for (const market of ['GB', 'DE']) {
      world.spotify.expireAccessTokens()
      const before = world.spotify.requests.filter(({ path }) => path === '/api/token').length
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => ana.uses('liked recent', { market })))
      for (const outcome of outcomes) expect(rowsOf(messageOf(outcome))).toHaveLength(10)
      expect(world.spotify.requests.filter(({ path }) => path === '/api/token').length - before).toBe(1)
    }
  })

  test('a short wait is waited for', async () => {
    Object.assign(deadlines, usualDeadlines)
    world.spotify.script(/GET \/v1\/me\/tracks/, { status: 429, headers: { 'retry-after': '1' }, body: {} })
    const outcome = await ana.uses('liked recent')
    expect(outcome.deferred).toBe(true)
    expect(rowsOf(messageOf(outcome))).toHaveLength(10)
  })

  test('one 500 is tried again, and a second is told', async () => {
    world.spotify.script(/GET \/v1\/me\/tracks/, { status: 500 })
    expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
    world.spotify.script(/GET \/v1\/me\/tracks/, { status: 502 }, { status: 500 })
    const press = messageOf(await ana.uses('liked recent', { market: 'FR' }))
    expect(press.content).toContain("Spotify isn't working properly right now")
  })

  test('a consent that has ended unlinks Ana once and sends her to /link', async () => {
    world.spotify.revoke(ana.spotify.id)
    world.spotify.expireAccessTokens()
    expect(messageOf(await ana.uses('liked recent')).content).toContain('</link:')
    const before = world.spotify.requests.length
    expect(messageOf(await ana.uses('liked recent')).content).toContain('</link:')
    expect(world.spotify.requests.length).toBe(before)
    await ana.links()
    expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
  })
})
