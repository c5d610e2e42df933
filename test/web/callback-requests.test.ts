import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { until } from '../world/until.ts'
import { startWorld, type Player, type World } from '../world/world.ts'
import {
  behindProxy,
  callbackOf,
  exchanges,
  expectNotLinked,
  expectRefusal,
  freezeSpotify,
  providers,
  linkedAs,
  newcomer,
  unlink,
} from './flow.ts'

const ours = { discord: '/link/confirm', spotify: '/link/done' }

describe.each(providers)('requests for /callback/%s', (provider) => {
  let world: World
  let ana: Player
  let good: string
  let before: number

  beforeAll(async () => (world = await startWorld(behindProxy)))
  afterAll(() => world.stop())
  afterEach(() => unlink(ana))

  const arrive = async () => {
    ana = newcomer(world, 'ana')
    good = (await callbackOf(ana, provider)).href
    before = exchanges(world, provider)
  }

  test.each([
    ['CB-19', 'HEAD'],
    ['CB-20', 'POST'],
    ['CB-20', 'PUT'],
    ['CB-20', 'OPTIONS'],
    ['CB-20', 'DELETE'],
    ['CB-20', 'PATCH'],
  ])('%s %s is answered 405 and spends nothing', async (_, method) => {
    await arrive()
    const page = await ana.browser.send(good, { method })
    expect(page.status).toBe(405)
    expect(page.headers.get('allow')).toBe('GET')
    expect(page.headers.get('set-cookie')).toBeNull()
    expect(exchanges(world, provider)).toBe(before)
    await expectNotLinked(ana)
    expect((await ana.browser.send(good)).headers.get('location')).toBe(ours[provider])
  })

  test.each([
    ['another case', (url: string) => url.replace('/callback', '/Callback')],
    ['a slash at the end', (url: string) => url.replace('?', '/?')],
    ['two slashes', (url: string) => url.replace('/callback', '//callback')],
    ['an encoded letter', (url: string) => url.replace('/callback', '/%63allback')],
    ['a bad percent sign', (url: string) => url.replace('/callback', '/%callback')],
  ])('CB-21 %s in the path leads nowhere and spends nothing', async (_, change) => {
    await arrive()
    expectRefusal(await ana.browser.send(change(good)))
    expect(exchanges(world, provider)).toBe(before)
    expect((await ana.browser.send(good)).headers.get('location')).toBe(ours[provider])
  })

  test('CB-22 the same callback twice: the second leads to where the linking stands, and exchanges nothing', async () => {
    await arrive()
    expect((await ana.browser.send(good)).status).toBe(303)
    const again = await ana.browser.send(good)
    expect([again.status, again.headers.get('location')]).toEqual([303, ours[provider]])
    expect(exchanges(world, provider)).toBe(before + 1)
    expect((await ana.browser.visit(good)).status).toBe(200)
    const ben = newcomer(world, 'ben')
    expectRefusal(await ben.browser.send(good), 410)
    expect((await ana.browser.visit(good)).status).toBe(200)
  })

  test('CB-23 the same callback twenty times at once: exactly one exchange', async () => {
    await arrive()
    const pages = await Promise.all(Array.from({ length: 20 }, () => ana.browser.send(good)))
    expect(new Set(pages.map(({ headers }) => headers.get('location')))).toEqual(new Set([ours[provider]]))
    expect(exchanges(world, provider)).toBe(before + 1)
    expect((await ana.browser.send(new URL(ours[provider], good).href)).status).toBe(200)
    expect(await linkedAs(ana)).toBe(provider === 'spotify' ? 'Ana' : undefined)
  })

  test('CB-26 an absolute-form request line with a foreign host is answered like any other', async () => {
    await arrive()
    const target = good.replace(/^http:\/\/[^/]+/, 'http://evil.example')
    const answer = await raw(good, target, ana, { host: 'evil.example' })
    expect(answer).toEqual({ status: 303, location: ours[provider] })
  })

  test('CB-27 forged forwarding headers change no address', async () => {
    await arrive()
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'for=1.2.3.4;host=evil.example;proto=https',
    }
    expect(await raw(good, good, ana, headers)).toEqual({ status: 303, location: ours[provider] })
    const next = await newcomer(world, 'ana').browser.send(new URL('/link', good).href, { method: 'POST', headers })
    expect(next.headers.get('location')).toContain(encodeURIComponent(`${new URL(good).origin}/callback/discord`))
    expect(next.headers.get('location')).not.toContain('evil')
  })

  test('CB-30 a header of 20 KB is refused and spends nothing', async () => {
    await arrive()
    const page = await ana.browser.send(good, { headers: { 'x-long': 'a'.repeat(20 * 1024) } })
    expect(page.status).toBe(431)
    expect(exchanges(world, provider)).toBe(before)
    expect((await ana.browser.send(good)).headers.get('location')).toBe(ours[provider])
  })
})

test('CB-27 without a proxy in front, forged addresses count for nothing and nobody is told off', async () => {
  // All within one minute, however long they take.
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const world = await startWorld()
  const url = `${world.env['PUBLIC_URL']}/callback/discord`
  const guess = (address: number) =>
    fetch(url, { headers: { 'x-forwarded-for': `10.0.0.${address}`, forwarded: `for=10.0.0.${address}` } })
  const answers = await Promise.all(Array.from({ length: 70 }, (_, address) => guess(address)))
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(10)
  await world.stop()
})

test('CB-29 Ana closes the page in the middle of the exchange: one exchange, and the link is whole', async () => {
  const world = await startWorld()
  const ana = world.person('ana')
  const good = (await callbackOf(ana, 'spotify')).href
  const { letGo } = freezeSpotify(world)
  const cookie = [...ana.browser.cookies].map((pair) => pair.join('=')).join('; ')
  const closing = new AbortController()
  const leaving = fetch(good, { headers: { cookie }, redirect: 'manual', signal: closing.signal })
  await until('the exchange', () => exchanges(world, 'spotify') === 1)
  closing.abort(new Error('closed'))
  await expect(leaving).rejects.toThrow('closed')
  const again = ana.browser.visit(good)
  expect(await linkedAs(ana)).toBeUndefined()
  letGo()
  expect([(await again).status, new URL((await again).url).pathname]).toEqual([200, '/link/done'])
  expect(await linkedAs(ana)).toBe('Ana')
  expect(exchanges(world, 'spotify')).toBe(1)
  await world.stop()
})

/** Sends a request line as it is, as no browser would. */
function raw(to: string, target: string, { browser }: Player, headers: Record<string, string>) {
  const { hostname, port } = new URL(to)
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
  return new Promise<{ status: number | undefined; location: string | undefined }>((resolve, reject) => {
    request({ hostname, port, path: target, headers: { cookie, ...browser.headers, ...headers } }, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode, location: answer.headers.location })
    })
      .on('error', reject)
      .end()
  })
}
