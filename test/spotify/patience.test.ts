import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { liveIn, seen } from '../format/discord-markdown.ts'
import { words } from '../../sandbox/browser.ts'
import { stopTime } from './frozen-clock.ts'
import { messageOf, rowsOf, startWorld, type Player, type World } from '../world/world.ts'

let world: World
let ben: Player
beforeEach(async () => {
  world = await startWorld()
  ben = world.person('ben')
})
afterEach(() => {
  vi.useRealTimers()
  return world.stop()
})

const shownTo = async (player: Player) => messageOf(await player.uses('liked recent'))

describe('Spotify asks for patience', () => {
  test.each([
    ['SP-106 for most of a day', 'QUOTA_EXCEEDED', '79892', 79_892],
    ['SP-106 for a few seconds', undefined, '9', 9],
    ['SP-106 for a fraction more than 45 seconds', undefined, '45.7', 46],
    ['SP-106 without saying how long', undefined, undefined, 30],
  ])('%s: Ben is told until when, at once, and nobody asks again', async (_, reason, retryAfter, seconds) => {
    await ben.links()
    const ana = world.person('ana')
    await ana.links()
    expect(rowsOf(await shownTo(ana))).toHaveLength(10)
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'Retry-After': retryAfter }
    world.spotify.script(/me\/tracks$/, {
      status: 429,
      headers,
      body: { error: { status: 429, message: 'Too many requests', reason } },
    })

    const goOn = stopTime()
    const told = await shownTo(ben)
    const until = Number(/<t:(\d+):R>/.exec(told.content)?.[1])
    expect(Math.abs(until - (Date.now() / 1000 + seconds))).toBeLessThan(1)
    expect(told.content).not.toMatch(/Something went wrong|\/link/)
    const before = world.spotify.requests.length
    const again = await ben.uses('liked recent')
    expect(messageOf(again).content).toBe(told.content)
    expect(again.deferred).toBe(false)

    const inHand = await shownTo(ana)
    expect(rowsOf(inHand)).toHaveLength(10)
    expect(inHand.embeds[0]?.['description']).toMatch(/\n-# As of <t:\d+:R>\. .*<t:\d+:R>\.$/)
    expect(world.spotify.requests.length).toBe(before)
    goOn()
  })

  test('TK-82 while somebody links: the page says when, nothing is linked, and the next try works', async () => {
    const consent = await ben.linksUntil('spotify')
    const goOn = stopTime()
    world.spotify.script(/api\/token$/, { status: 429, headers: { 'Retry-After': '1' } })
    const page = await ben.browser.goOn(consent)
    expect(page.status).toBeGreaterThanOrEqual(400)
    expect(words(page)).toMatch(/Spotify asks me to wait\. Please try again on \w+ \d+, 20\d\d at \d+:\d\d [AP]M UTC\./)
    expect((await shownTo(ben)).content).toMatch(/<\/link:\d+>/)
    await vi.advanceTimersByTimeAsync(1_000)
    expect((await ben.links()).status).toBe(200)
    goOn()
  })
})

describe('Spotify is down', () => {
  test('TK-83 Ben, of whom nothing is in hand, is told so; Ana sees what is in hand', async () => {
    await ben.links()
    const ana = world.person('ana')
    await ana.links()
    await shownTo(ana)
    world.spotify.trouble = { kind: 'server-error' }
    expect((await shownTo(ben)).content).toBe("Spotify isn't working properly right now. Please try again in a minute.")
    expect((await shownTo(ana)).embeds[0]?.['description']).toContain('As of <t:')
    world.spotify.trouble = { kind: 'none' }
    expect(rowsOf(await shownTo(ben))).toHaveLength(10)
  })

  test('a single 500 is tried again, and nobody notices', async () => {
    await ben.links()
    world.spotify.script(/me\/tracks$/, { status: 500 }, { fault: 'reset' })
    const [failedTwice, worked] = [await shownTo(ben), await shownTo(ben)]
    expect(failedTwice.content).toMatch(/^Spotify isn't working/)
    world.spotify.script(/me\/tracks$/, { status: 502 })
    expect([rowsOf(worked).length, rowsOf(await shownTo(ben)).length]).toEqual([10, 10])
  })
})

describe('what Spotify answers while somebody links', () => {
  const good = { access_token: 'BQ', refresh_token: 'AQ', token_type: 'Bearer' }

  test('TK-67, TK-70, TK-79, TK-83, SP-104, SP-108 is one sentence on a page, and links nobody', async () => {
    const answers: [RegExp, object, RegExp][] = [
      [/token$/, { body: '<!doctype html>' }, /Spotify isn't working properly right now/],
      [/token$/, { body: { ...good, access_token: undefined } }, /Spotify isn't working properly right now/],
      [/token$/, { body: {} }, /Spotify isn't working properly right now/],
      [/token$/, { body: '' }, /Spotify isn't working properly right now/],
      [/me$/, { body: {} }, /Spotify isn't working properly right now/],
      [/token$/, { status: 400, body: { error: 'invalid_grant' } }, /Spotify did not accept this sign-in/],
      [/token$/, { status: 503 }, /Spotify isn't working properly right now/],
      [
        /v1\/me$/,
        { status: 403, body: 'the user may not be registered' },
        /Spotify does not let this Spotify account in yet/,
      ],
      [/v1\/me$/, { body: { id: null, display_name: '<script>' } }, /Spotify isn't working properly right now/],
    ]
    for (const [path, answer, sentence] of answers) {
      const consent = await ben.linksUntil('spotify')
      world.spotify.script(path, answer)
      const page = await ben.browser.goOn(consent)
      expect([page.status >= 400 && page.status < 500, page.text.includes('<form')], words(page)).toEqual([true, false])
      expect(words(page)).toMatch(sentence)
      expect(words(page)).not.toContain('Something went wrong')
      expect((await shownTo(ben)).content).toMatch(/<\/link:\d+>/)
    }
  })

  test.each([
    ['null', null, 'ben-spotify'],
    ['<img onerror>', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['markdown', '**x** [a](https://evil.example)', '**x** [a](https://evil.example)'],
    ['from right to left', 'אנה\u202Eana', 'אנהana'],
    ['500 emoji', '🎷'.repeat(500), `${'🎷'.repeat(49)}…`],
  ])('SP-108 a display name %s is shown as text', async (_, name, shown) => {
    const asked = messageOf(await ben.uses('link'))
    const consent = await ben.linksUntil('spotify')
    world.spotify.script(/v1\/me$/, { body: { id: 'ben-spotify', display_name: name } })
    const done = await ben.browser.goOn(consent)
    expect(done.status).toBe(200)
    expect(done.text).not.toContain('<img src')
    const told = () =>
      world.discord.messages(asked.channelId, ben.id).findLast(({ ephemeral }) => ephemeral)?.content ?? ''
    const end = /\*\*\. <\/liked recent:\d+> shows your songs, and .+\.$/
    await expect.poll(told).toMatch(end)
    const before = told().replace(end, '')
    expect(seen(before)).toBe(`Linked as **${shown}`)
    expect(liveIn(before.slice('Linked as **'.length))).toEqual([])
    expect(seen(messageOf(await ben.uses('unlink')).content)).toContain(`linked as **${shown}** on Spotify`)
  })
})
