import { StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { words, type Page } from '../../sandbox/browser.ts'
import { modelStore } from '../store/model.ts'
import { holdSpotify } from '../world/hold.ts'
import { until } from '../world/until.ts'
import { startWebFixture } from '../world/web-fixture.ts'
import { startWorld, type Player, type World } from '../world/world.ts'
import { behindProxy, callbackOf, exchanges, expectRefusal, linkedAs, newcomer, providers, unlink } from './flow.ts'

const after = { discord: '/link/confirm', spotify: '/link/done' }

let world: World
let ana: Player
beforeAll(async () => (world = await startWorld(behindProxy)))
afterEach(() => unlink(ana))
afterAll(() => world.stop())

const pathOf = ({ url }: Page): string => new URL(url).pathname

test('a browser that asks for every page in advance links Ana, with one exchange each', async () => {
  ana = newcomer(world, 'ana')
  ana.browser.prefetches = true
  const before = providers.map((provider) => exchanges(world, provider))
  const done = await ana.links()
  expect([done.status, pathOf(done)]).toEqual([200, '/link/done'])
  expect(providers.map((provider) => exchanges(world, provider))).toEqual(before.map((count) => count + 1))
  expect(await linkedAs(ana)).toBe('Ana')
})

describe.each(providers)('the callback from %s', (provider) => {
  let good: string
  let before: number
  const arrive = async () => {
    ana = newcomer(world, 'ana')
    good = (await callbackOf(ana, provider)).href
    before = exchanges(world, provider)
  }
  const other = () => good.replace(/code=[^&]+/, 'code=another')
  const isUnderWay = () => exchanges(world, provider) === before + 1

  test.each<Record<string, string>>([
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { 'sec-purpose': 'prefetch;anonymous-client-ip' },
    { purpose: 'prefetch' },
    { 'x-moz': 'prefetch' },
    { 'x-purpose': 'preview' },
  ])('asked for in advance, with %j, claims nothing and says nothing of what is linked', async (headers) => {
    await arrive()
    for (const path of [good, new URL('/link/confirm', good).href, new URL('/link/done', good).href]) {
      const page = await ana.browser.send(path, { headers })
      expectRefusal(page, 425)
      expect([page.headers.get('set-cookie'), page.headers.get('cache-control')]).toEqual([null, 'no-store'])
      expect(words(page)).not.toMatch(/linked/)
    }
    expect(exchanges(world, provider)).toBe(before)
    expect(pathOf(await ana.browser.visit(good))).toBe(after[provider])
    expect(isUnderWay()).toBe(true)
  })

  test('its answer never arrived: opened again, it leads on', async () => {
    await arrive()
    const cookie = ana.browser.cookies.get('hearsay') ?? ''
    await ana.browser.send(good)
    ana.browser.cookies.set('hearsay', cookie)
    const again = await ana.browser.visit(other())
    expect([again.status, pathOf(again)]).toEqual([200, after[provider]])
    expect(exchanges(world, provider)).toBe(before + 1)
    expect(await finished(ana, again)).toBe('Ana')
  })

  test('two codes for one state: the second leads on, and is not exchanged', async () => {
    await arrive()
    const first = ana.browser.send(good)
    await until('the exchange', isUnderWay)
    const locations = [await first, await ana.browser.send(other())].map(({ headers }) => headers.get('location'))
    expect(new Set(locations)).toEqual(new Set([after[provider]]))
    expect(exchanges(world, provider)).toBe(before + 1)
  })

  test('long after: it leads to where the linking stands by then', async () => {
    await arrive()
    const page = await ana.browser.visit(good)
    expect(await finished(ana, page)).toBe('Ana')
    const again = await ana.browser.visit(good)
    expect([again.status, pathOf(again)]).toEqual([200, '/link/done'])
    expect(words(again)).toContain('Linked as Ana')
  })

  test('failed: it says why once more, and says it to nobody else', async () => {
    await arrive()
    if (provider === 'spotify') world.spotify.script(/GET \/v1\/me$/, { status: 403, body: 'Not registered' })
    else world.discord.failNext(/oauth2\/@me/, 500, {})
    const page = await ana.browser.send(good)
    expectRefusal(page)
    const again = await ana.browser.send(good)
    expect([again.status, words(again)]).toEqual([page.status, words(page)])
    const ben = newcomer(world, 'ben')
    expect(words(await ben.browser.send(good))).not.toBe(words(page))
    expect(exchanges(world, provider)).toBe(before + 1)
  })

  test('another browser is led nowhere, and is not told that nothing was linked', async () => {
    await arrive()
    const ben = newcomer(world, 'ben')
    const first = ana.browser.visit(good)
    await until('the exchange', isUnderWay)
    const early = await ben.browser.send(good)
    expect((await first).status).toBe(200)
    for (const page of [early, await ben.browser.send(good)]) {
      expectRefusal(page, 410)
      expect(words(page)).not.toMatch(/othing was (?:linked|changed)|Not linked|Nothing changed/)
    }
  })
})

test('the cookie before Discord said who it was opens nothing once the one after it has been seen', async () => {
  ana = newcomer(world, 'ana')
  const good = await callbackOf(ana, 'discord')
  const early = newcomer(world, 'ben')
  early.browser.cookies.set('hearsay', ana.browser.cookies.get('hearsay') ?? '')
  expect((await ana.browser.visit(good.href)).status).toBe(200)
  const page = await early.browser.visit(good.href)
  expectRefusal(page, 410)
  expect(early.browser.cookies.get('hearsay')).not.toBe(ana.browser.cookies.get('hearsay'))
  expect((await ana.browser.visit(good.href)).status).toBe(200)
})

test('opened again while Spotify is asked: it waits for that, and so does the page at the end', async () => {
  ana = newcomer(world, 'ana')
  const good = await callbackOf(ana, 'spotify')
  const before = exchanges(world, 'spotify')
  const letGo = holdSpotify(world.spotify)
  const first = ana.browser.visit(good.href)
  await until('the exchange', () => exchanges(world, 'spotify') > before)
  const others = [good.href, new URL('/link/done', good).href].map((url) => ana.browser.visit(url))
  // Meanwhile it is neither linked nor over: nothing is said yet.
  const early = await Promise.race([...others, new Promise((resolve) => setTimeout(resolve, 500, 'nothing'))])
  expect(early).toBe('nothing')
  letGo()
  for (const page of await Promise.all([first, ...others]))
    expect([page.status, pathOf(page)]).toEqual([200, '/link/done'])
  expect(exchanges(world, 'spotify')).toBe(before + 1)
})

test.each(['is away', 'fails in a way that nobody knows'])(
  'the store %s once the link is written: no page says that nothing was linked',
  async (how) => {
    const whole = modelStore()
    const fails = async () => {
      if (await whole.get('links', visitor.id))
        throw how === 'is away' ? new StoreUnavailableError('gone') : new Error('gone')
    }
    const store: Store = { ...whole, set: (...given) => fails().then(() => whole.set(...given)) }
    const fixture = await startWebFixture({ store })
    const visitor = fixture.visitor('ana')
    const page = await visitor.goesOn(await visitor.opens(), 'done')
    expect(await fixture.app.accounts.find(visitor.id)).toBeDefined()
    expect(page.status).toBe(how === 'is away' ? 424 : 500)
    expect(words(page)).toContain('/account status says whether you are linked')
    expect(words(page)).not.toMatch(/othing was (?:linked|changed)|Not linked|Nothing changed|Linked as/)
    expect(fixture.errors.splice(0)).toHaveLength(1)
    await fixture.stop()
  },
)

/** Goes on from a page of ours, and says as whom they are linked then. */
async function finished(player: Player, page: Page): Promise<string | undefined> {
  if (pathOf(page) === '/link/confirm') await player.browser.goOn(await player.browser.goOn(page))
  return linkedAs(player)
}
