import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type Player, type World } from '../world/world.ts'
import { behindProxy, expectRefusal, linkedAs, newcomer, take, takeAll, unlink, type Step } from './flow.ts'

/** Everything that a browser asks for on its way, ours and the providers', in this order. */
const steps = [
  'GET /link',
  'POST /link',
  'GET /oauth2/authorize',
  'POST /oauth2/authorize',
  'GET /callback/discord',
  'GET /link/confirm',
  'POST /link/confirm',
  'GET /authorize',
  'POST /authorize',
  'GET /callback/spotify',
  'GET /link/done',
]

const pairs = [
  ['Ana', 'Ben'],
  ['Ben', 'Ana'],
] as const

let world: World
beforeAll(async () => (world = await startWorld(behindProxy)))
afterAll(() => world.stop())

describe.each(pairs)('XU-54 %s starts, %s finishes', (first, second) => {
  let starts: Player
  let finishes: Player

  const meet = () => {
    starts = newcomer(world, first.toLowerCase())
    finishes = newcomer(world, second.toLowerCase())
  }
  afterEach(async () => {
    await unlink(starts)
    await unlink(finishes)
  })

  test.each(steps)('at %s, in a browser that has begun nothing', async (request) => {
    meet()
    const step = await handedOver(starts, request)
    const page = await takeAll(finishes.browser, step)
    expectRefusal(page)
    expect(await linkedAs(finishes)).toBeUndefined()
    expect(await linkedAs(starts)).toBe(request === 'GET /link/done' ? first : undefined)
  })

  test.each(steps)(
    'at %s, in a browser with a linking of its own: that one is the only one that it can finish',
    async (request) => {
      meet()
      await finishes.linksUntil('confirm')
      const step = await handedOver(starts, request)
      const page = await takeAll(finishes.browser, step)
      const isOwn = page.status === 200
      expect(isOwn).toBe(request === 'GET /link/confirm')
      expect(await linkedAs(finishes)).toBe(isOwn ? second : undefined)
      expect(await linkedAs(starts)).toBe(request === 'GET /link/done' ? first : undefined)
    },
  )

  test.each(steps)('at %s, in a browser with the cookies of both', async (request) => {
    meet()
    await finishes.linksUntil('confirm')
    const step = await handedOver(starts, request)
    // As from a sibling: beside the own cookie, where nothing that the program sends replaces it.
    finishes.browser.cookies.set(' hearsay', starts.browser.cookies.get('hearsay') ?? '')
    expectRefusal(await takeAll(finishes.browser, step))
    expect(await linkedAs(finishes)).toBeUndefined()
    expect(await linkedAs(starts)).toBe(request === 'GET /link/done' ? first : undefined)
  })

  test.each(steps.slice(0, -1))('at %s, and %s’s own browser goes on afterwards', async (request) => {
    meet()
    const step = await handedOver(starts, request)
    await takeAll(finishes.browser, step)
    await takeAll(starts.browser, step)
    expect(await linkedAs(finishes)).toBeUndefined()
    expect([undefined, first]).toContain(await linkedAs(starts))
  })
})

test('XU-54 Ana’s confirm form sent from Ben’s browser goes nowhere, and her own page still works', async () => {
  const [ana, ben] = [newcomer(world, 'ana'), newcomer(world, 'ben')]
  const hers = await ana.linksUntil('confirm')
  const his = await ben.linksUntil('confirm')
  expectRefusal(await ben.browser.goOn(hers), 400)
  expectRefusal(await ana.browser.goOn(his), 400)
  expect((await ana.browser.goOn(await ana.browser.goOn(hers))).status).toBe(200)
  expect([await linkedAs(ana), await linkedAs(ben)]).toEqual(['Ana', undefined])
  await unlink(ana)
})

test('XU-55 Ana’s hint in Ben’s browser: a page that says whose it is not, and her message stays as it is', async () => {
  const [ana, ben] = [newcomer(world, 'ana'), newcomer(world, 'ben')]
  const start = await ana.linksUntil('start')
  const page = await ben.browser.goOn(await ben.browser.goOn(await ben.browser.visit(start.url)))
  expectRefusal(page, 400)
  expect(page.text).toContain('made for somebody else')
  expect(page.text).toContain('@ben')
  expect(page.text).not.toContain('Ana')
  expectRefusal(await ben.browser.visit(new URL('/link/confirm', start.url).href))
  expect([await linkedAs(ana), await linkedAs(ben)]).toEqual([undefined, undefined])
})

/** The request of that name, which the player's browser would send next. */
async function handedOver(player: Player, request: string): Promise<Step> {
  const button = await player.linksUntil('start')
  let step: Step | undefined = { url: button.url }
  while (step && nameOf(step) !== request) step = (await take(player.browser, step)).next
  return step ?? expect.unreachable(`no ${request} among the steps`)
}

function nameOf({ url, form }: Step): string {
  return `${form ? 'POST' : 'GET'} ${new URL(url).pathname}`
}

test('XU-54 Ana’s address for Discord, answered by Ben and handed back to her, does not put her Spotify under his name', async () => {
  const [ana, ben] = [newcomer(world, 'ana'), newcomer(world, 'ben')]
  const asked = await ana.linksUntil('discord')
  const page = await takeAll(ben.browser, { url: asked.url })
  expectRefusal(page)
  expectRefusal(await ana.browser.visit(page.url), 400)
  expect(await linkedAs(ben)).toBeUndefined()
})
