import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import { startWorld, type Player, type World } from '../world/world.ts'
import {
  behindProxy,
  callbackOf,
  exchanges,
  expectNotLinked,
  expectRefusal,
  formHeaders,
  providers,
  linkedAs,
  newcomer,
  unlink,
} from './flow.ts'

const unknown = 'A'.repeat(43)

let world: World
let ana: Player
beforeAll(async () => (world = await startWorld(behindProxy)))
afterEach(() => unlink(ana))
afterAll(() => world.stop())

const useless: [string, (value: string) => string | undefined][] = [
  ['CK-43 missing', () => undefined],
  ['CK-44 empty', () => ''],
  ['CK-45 bad, twice', () => `bad; hearsay=${unknown}`],
  ['CK-46 of 10 KB', (value) => value.padEnd(10 * 1024, 'a')],
  ['CK-47 with a letter beyond ASCII', (value) => `${value.slice(0, -1)}\u00e9`],
  ['CK-47 quoted', (value) => `"${value}"`],
]

describe.each(providers)('the cookie on the way back from %s', (provider) => {
  test.each(useless)(
    '%s: refused, nothing is exchanged, and what another browser has shown does not count any more',
    async (_, change) => {
      ana = newcomer(world, 'ana')
      const good = await callbackOf(ana, provider)
      const { cookies } = ana.browser
      const own = cookies.get('hearsay') ?? expect.unreachable()
      const before = exchanges(world, provider)
      const value = change(own)
      if (value === undefined) cookies.delete('hearsay')
      else cookies.set('hearsay', value)

      const page = await ana.browser.send(good.href)
      expectRefusal(page, 400)
      expect(words(page)).toContain('Start again in this browser')
      for (const path of ['/link/confirm', '/link/done']) {
        expectRefusal(await ana.browser.send(new URL(path, good).href))
      }
      expect(exchanges(world, provider)).toBe(before)
      await expectNotLinked(ana)
      cookies.set('hearsay', own)
      expectRefusal(await ana.browser.send(good.href), 400)
      await expectNotLinked(ana)
      expect((await ana.links()).status).toBe(200)
      await unlink(ana)
    },
  )

  test.each([
    ['malformed', 'bad'],
    ['unknown', unknown],
    ['her own once more', 'own'],
  ])('CK-45 two of the same name, the first %s: hers still counts', async (_, first) => {
    ana = newcomer(world, 'ana')
    const good = await callbackOf(ana, provider)
    const own = ana.browser.cookies.get('hearsay') ?? ''
    ana.browser.cookies.set('hearsay', `${first === 'own' ? own : first}; hearsay=${own}`)
    expect((await ana.browser.send(good.href)).status).toBe(303)
  })

  test.each([0, 1])('CK-45 two of the same name, number %i of another living session: refused', async (place) => {
    ana = newcomer(world, 'ana')
    const emil = newcomer(world, 'emil')
    await emil.linksUntil('confirm')
    const good = await callbackOf(ana, provider)
    const values = [ana.browser.cookies.get('hearsay'), emil.browser.cookies.get('hearsay')]
    ana.browser.cookies.set('hearsay', (place ? values : values.toReversed()).join('; hearsay='))
    const page = await ana.browser.send(good.href)
    expectRefusal(page, 400)
    expect(words(page)).toContain('Two linkings')
    await expectNotLinked(ana)
    await expectNotLinked(emil)
  })
})

test('CK-48 the cookie of a finished session shows its end, and nothing else can be done with it', async () => {
  ana = newcomer(world, 'ana')
  const good = await callbackOf(ana, 'spotify')
  const at = (path: string) => new URL(path, good).href
  const confirm = await ana.browser.send(at('/link/confirm'))
  const token = /name="token" value="([^"]+)"/.exec(confirm.text)?.[1] ?? expect.unreachable()
  expect((await ana.browser.visit(good.href)).status).toBe(200)
  expect((await ana.browser.visit(at('/link/done'))).status).toBe(200)

  expectRefusal(await ana.browser.send(at('/link/confirm')), 410)
  const again = { method: 'POST', headers: formHeaders, body: `token=${token}` }
  expectRefusal(await ana.browser.send(at('/link/confirm'), again), 410)
  expect((await ana.browser.send(good.href)).headers.get('location')).toBe('/link/done')
  expect((await ana.links()).status).toBe(200)
})

test('CK-49 two tabs from the start: the first is over, the second links', async () => {
  ana = newcomer(world, 'ana')
  const first = await callbackOf(ana, 'discord')
  const second = await callbackOf(ana, 'discord')
  expectRefusal(await ana.browser.send(first.href), 410)
  const done = await ana.browser.goOn(await ana.browser.goOn(await ana.browser.visit(second.href)))
  expect(done.status).toBe(200)
  expect(await linkedAs(ana)).toBe('Ana')
})

test('CK-49 two tabs on the confirm page: the one that asked last goes on, and the other is led back to that page', async () => {
  ana = newcomer(world, 'ana')
  const confirm = await ana.linksUntil('confirm')
  const first = await ana.browser.goOn(confirm)
  const second = await ana.browser.goOn(confirm)
  const back = await ana.browser.goOn(first)
  expect([back.status, back.url]).toEqual([200, confirm.url])
  expect(await linkedAs(ana)).toBeUndefined()
  expect((await ana.browser.goOn(second)).status).toBe(200)
  expect(await linkedAs(ana)).toBe('Ana')
})

test('CK-53 changed after Discord: the earlier cookie is of no use', async () => {
  ana = newcomer(world, 'ana')
  const good = await callbackOf(ana, 'discord')
  const earlier = ana.browser.cookies.get('hearsay') ?? ''
  const confirm = await ana.browser.visit(good.href)
  const later = ana.browser.cookies.get('hearsay') ?? ''
  expect(later).not.toBe(earlier)
  expect(confirm.status).toBe(200)

  ana.browser.cookies.set('hearsay', earlier)
  expectRefusal(await ana.browser.send(confirm.url), 410)
  expectRefusal(await ana.browser.goOn(confirm), 410)
  ana.browser.cookies.set('hearsay', later)
  expect((await ana.browser.goOn(await ana.browser.goOn(confirm))).status).toBe(200)
})
