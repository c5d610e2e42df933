import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../sandbox/discord/discord.ts'
import { usualDeadlines } from '../src/discord/dispatch.ts'
import { holdSpotify } from './world/hold.ts'
import { footerOf, messageOf, rowsOf, startWorld, unhurried, type Player, type World } from './world/world.ts'

const callback = /^POST .*\/callback$/
const edit = /^PATCH .*@original$/
const limited = { message: 'You are being rate limited.', retry_after: 0.4, code: 0 }
const broken = { message: '500: Internal Server Error', code: 0 }

const deadlines = { ...unhurried }

let world: World
let ana: Player
let shown: Message
beforeAll(async () => {
  world = await startWorld({}, 'gateway', deadlines)
  ana = world.person('ana')
  await ana.links()
  shown = messageOf(await ana.uses('liked recent'))
})
afterAll(() => world.stop())

const publicAnswers = () => world.discord.messages(shown.channelId, ana.id).length
const latest = (match: RegExp) => world.discord.requests.findLast(({ method, path }) => match.test(`${method} ${path}`))

/** Ana asks while Spotify is held until her answer has been announced. `status`: what the announcement gets. */
async function asksAndWaits(market: string, status: number) {
  const callbacks = () => world.discord.requests.filter(({ path }) => path.endsWith('/callback'))
  const before = callbacks().length
  const letGo = holdSpotify(world.spotify)
  Object.assign(deadlines, usualDeadlines)
  const asked = ana.uses('liked recent', { market })
  await expect.poll(() => callbacks()[before]?.status).toBe(status)
  Object.assign(deadlines, unhurried)
  letGo()
  return asked
}

describe('Discord asks to wait or breaks down', () => {
  test.each([
    ['for this resource', { ...limited, global: false }],
    ['for everything', { ...limited, global: true }],
  ])('DS-150 429 to the acknowledgement, %s: Ana’s page turns when the wait is over', async (_, body) => {
    world.discord.failNext(callback, 429, body)
    const outcome = await ana.presses(shown, 'Next')
    expect(outcome.acknowledgedAfter).toBeGreaterThan(400)
    expect(footerOf(messageOf(outcome))).toMatch(/^Page 2 of 312/)
    await ana.presses(shown, 'First')
  })

  test('DS-150 429 to what follows a deferral: it comes, once', async () => {
    world.discord.failNext(edit, 429, { ...limited, global: false }, 2)
    const before = publicAnswers()
    const outcome = await asksAndWaits('GB', 204)
    expect(outcome.deferred).toBe(true)
    expect(rowsOf(messageOf(outcome))).toHaveLength(10)
    expect(publicAnswers()).toBe(before + 1)
  })

  test.each([500, 502])('DS-151 %i to the acknowledgement: it is sent again, and Ana sees one page', async (status) => {
    world.discord.failNext(callback, status, broken)
    const before = publicAnswers()
    expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
    expect(publicAnswers()).toBe(before + 1)
  })

  test.each([500, 502])('DS-151 %i after the acknowledgement was taken: Ana sees one page', async (status) => {
    world.discord.loseNext(callback, 1, status)
    const before = publicAnswers()
    expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
    await expect.poll(() => latest(callback)?.status).toBe(400)
    expect(publicAnswers()).toBe(before + 1)
  })

  test('DS-151 500 after a deferral and its page were taken: Ana sees one page', async () => {
    world.discord.loseNext(callback, 1, 500)
    world.discord.loseNext(edit, 1, 500)
    const before = publicAnswers()
    expect(rowsOf(messageOf(await asksAndWaits('DE', 500)))).toHaveLength(10)
    await expect.poll(() => latest(edit)?.status).toBe(200)
    expect(publicAnswers()).toBe(before + 1)
  })

  test('DS-151 500 four times in a row to the acknowledgement: Ana still sees her page', async () => {
    world.discord.failNext(callback, 500, broken, 4)
    const before = publicAnswers()
    expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
    expect(publicAnswers()).toBe(before + 1)
  })
})

describe('the gateway goes away', () => {
  test('DS-147 and lets the session go on: what Ana did meanwhile is answered', async () => {
    world.discord.disconnect(4000)
    expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)
  })

  test('DS-147 and has forgotten the session: a new one is begun', async () => {
    // Nobody is let in before it has been seen that the program is out.
    world.discord.gatewayAway = true
    world.discord.disconnect(4009)
    await away()
    world.discord.gatewayAway = false
    await backAgain()
    expect(footerOf(messageOf(await ana.presses(shown, 'First')))).toMatch(/^Page 1 of 312/)
  })

  test('DS-147 for so long that its sessions have ended: /health says so, and buttons from before turn afterwards', async () => {
    world.discord.gatewayAway = true
    world.discord.disconnect(1001)
    await away()
    const turnedAway = world.discord.turnedAway
    await expect.poll(() => world.discord.turnedAway).toBeGreaterThan(turnedAway + 1)
    expect(await why()).toBe('not connected to Discord')
    world.discord.gatewayAway = false
    await backAgain()
    expect(footerOf(messageOf(await ana.presses(shown, 'Last')))).toMatch(/^Page 312 of 312/)
  })

  const why = async () => ((await (await fetch(`${world.env['PUBLIC_URL']}/health`)).json()) as { why?: string }).why
  const away = async () => {
    await expect.poll(why).toBe('not connected to Discord')
  }
  const backAgain = async () => {
    await expect.poll(why).toBeUndefined()
  }
})
