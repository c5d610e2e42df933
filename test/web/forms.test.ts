import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import type { Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'
import { startWorld, type World } from '../world/world.ts'
import { behindProxy, expectRefusal, formHeaders, linkedAs, newcomer, take, takeAll } from './flow.ts'
import { startWebFixture, type Visitor, type WebFixture } from '../world/web-fixture.ts'

describe('forms', () => {
  let world: World
  beforeAll(async () => (world = await startWorld(behindProxy)))
  afterAll(() => world.stop())
  const ours = () => world.env['PUBLIC_URL'] ?? ''

  const foreign: [string, () => Record<string, string>][] = [
    ['another origin', () => ({ origin: 'https://evil.example' })],
    ['another port', () => ({ origin: new URL(world.spotify.accountsUrl).origin })],
    ['our origin with something behind it', () => ({ origin: `${ours()}.evil.example` })],
    ['an opaque origin', () => ({ origin: 'null' })],
    ['a cross-site page', () => ({ 'sec-fetch-site': 'cross-site', origin: 'null' })],
    ['a cross-site page that names no origin', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a sibling subdomain', () => ({ 'sec-fetch-site': 'same-site', origin: ours() })],
    ['nowhere, as no form does', () => ({ 'sec-fetch-site': 'none' })],
    [
      'a page that only says that it is ours',
      () => ({ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }),
    ],
  ]

  test.each(foreign)('sent from %s are refused, and nothing is begun or gone on with', async (_, headers) => {
    const ana = newcomer(world, 'ana')
    const began = await ana.browser.send(`${ours()}/link`, { method: 'POST', headers: headers() })
    expectRefusal(began, 403)
    expect(began.headers.get('set-cookie')).toBeNull()

    const confirm = await ana.linksUntil('confirm')
    const token = /name="token" value="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
    const sent = { method: 'POST', headers: { ...formHeaders, ...headers() }, body: `token=${token}` }
    expectRefusal(await ana.browser.send(confirm.url, sent), 403)
    expect((await ana.browser.goOn(confirm)).status).toBe(200)
  })

  test.each([
    ['our own page', () => ({ origin: ours(), 'sec-fetch-site': 'same-origin' })],
    ['our own page, which tells no origin', () => ({ origin: 'null', 'sec-fetch-site': 'same-origin' })],
    ['an old browser', () => ({ origin: ours() })],
  ])('sent from %s are taken', async (_, headers) => {
    const { browser } = newcomer(world, 'ana')
    expect((await browser.send(`${ours()}/link`, { method: 'POST', headers: headers() })).status).toBe(303)
  })

  test.each([
    ['no token', ''],
    ['an empty token', 'token='],
    ['a made-up token', `token=${'A'.repeat(43)}`],
    ['two tokens', `token=${'A'.repeat(43)}&token=${'B'.repeat(43)}`],
    ['a token in an object', 'token[x]=1'],
  ])('the confirm form with %s goes nowhere, and the page itself still does', async (_, body) => {
    const { browser, linksUntil } = newcomer(world, 'ana')
    const confirm = await linksUntil('confirm')
    expectRefusal(await browser.send(confirm.url, { method: 'POST', headers: formHeaders, body }), 400)
    expect((await browser.goOn(confirm)).status).toBe(200)
  })

  test.each([
    ['of 5 KB', `for=${'a'.repeat(5 * 1024)}`, 413],
    ['with twenty fields', Array.from({ length: 20 }, (_, index) => `f${index}=1`).join('&'), 413],
  ])('a form %s is refused', async (_, body, status) => {
    const { browser } = newcomer(world, 'ana')
    expectRefusal(await browser.send(`${ours()}/link`, { method: 'POST', headers: formHeaders, body }), status)
  })

  test.each(['<script>alert(1)</script>', '"><img src=x>', 'A'.repeat(43).toLowerCase().slice(1), '__proto__'])(
    'a hint that is none (%s) is neither echoed nor in the way',
    async (hint) => {
      const ana = newcomer(world, 'ana')
      const page = await ana.browser.visit(`${ours()}/link?for=${encodeURIComponent(hint)}`)
      expect(page.text).toContain('name="for" value=""')
      expect(page.text).not.toContain('alert(1)')
      const { next } = await take(ana.browser, { url: `${ours()}/link`, form: new URLSearchParams({ for: hint }) })
      const done = await takeAll(ana.browser, next ?? expect.unreachable())
      expect(words(done)).toContain('Linked as')
      expect(await linkedAs(ana)).toBe('Ana')
    },
  )
})

describe('GET /link', () => {
  let fixture: WebFixture
  let ana: Visitor
  const storeCalls: string[] = []
  beforeEach(async () => {
    fixture = await startWebFixture({ publicUrl: 'https://liked.example', store: observed(modelStore(), storeCalls) })
    ana = fixture.visitor('ana')
  })
  afterEach(() => fixture.stop())

  test.each(['GET', 'HEAD'])('%s has no effect: no cookie, and the store is not even asked', async (method) => {
    const hint = new URL(await fixture.app.invitations.create(ana.id, 'interaction-token')).search
    storeCalls.length = 0
    const page = await ana.browser.send(`${fixture.address}/link${hint}`, { method })
    expect(page.status).toBe(200)
    expect(page.headers.get('set-cookie')).toBeNull()
    expect(page.text.includes('Continue with Discord')).toBe(method === 'GET')
    expect(storeCalls).toEqual([])
  })

  test('other methods are answered 405', async () => {
    for (const [path, allowed] of [
      ['/link', 'GET, HEAD, POST'],
      ['/link/done', 'GET, HEAD'],
      ['/health', 'GET, HEAD'],
    ]) {
      const page = await ana.browser.send(`${fixture.address}${path}`, { method: 'PUT' })
      expect([page.status, page.headers.get('allow')]).toEqual([405, allowed])
    }
    expect((await ana.browser.send(`${fixture.address}/link/done`, { method: 'POST' })).status).toBe(405)
  })

  test('/health says that it can answer commands, or why not, in JSON, also to HEAD', async () => {
    expect(await health()).toEqual([200, { status: 'ok' }])
    fixture.trouble = 'the store does not answer'
    expect(await health()).toEqual([503, { status: 'unavailable', why: 'the store does not answer' }])
    expect((await ana.browser.send(`${fixture.address}/health`, { method: 'HEAD' })).status).toBe(503)
  })

  async function health() {
    const page = await ana.sees('/health')
    expect(page.headers.get('content-type')).toContain('application/json')
    return [page.status, JSON.parse(page.text)]
  }
})

/** Writes down which of its methods are called. */
function observed(store: Store, calls: string[]): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      calls.push(name)
      return target[name]
    },
  })
}
