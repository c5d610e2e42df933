import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import { startWorld, type Player, type World } from '../world/world.ts'
import {
  behindProxy,
  callbackOf,
  exchanges,
  expectNotLinked,
  expectRefusal,
  providers,
  newcomer,
  takeAll,
  unlink,
} from './flow.ts'

/** What arrives instead of the provider's redirect, made from its code and state. */
type Make = (code: string, state: string) => string

const attack = '<script>alert(1)</script>'
const attackInUrl = encodeURIComponent(attack)
const long = 'description '.repeat(900)

const malformed: [string, Make][] = [
  ['CB-01 no parameters', () => ''],
  ['CB-02 a code only', (code) => `code=${code}`],
  ['CB-03 a state only', (_, state) => `state=${state}`],
  ['CB-04 an empty code', (_, state) => `code=&state=${state}`],
  ['CB-05 an empty state', (code) => `code=${code}&state=`],
  ['CB-06 code given twice', (code, state) => `code=${code}&code=${code}&state=${state}`],
  ['CB-07 state given twice', (code, state) => `code=${code}&state=${state}&state=${state}`],
  ['CB-08 a code in an array', (code, state) => `code[]=${code}&state=${state}`],
  ['CB-08 a code in an object', (code, state) => `code[x]=${code}&state=${state}`],
  ['CB-09 __proto__ instead of a code', (_, state) => `__proto__[x]=1&__proto__[code]=a&state=${state}`],
  ['CB-14 a code of 9 KB', (code, state) => `code=${code.padEnd(9 * 1024, 'a')}&state=${state}`],
  ['CB-15 NUL in the code', (code, state) => `code=${code}%00&state=${state}`],
  ['CB-15 CR and LF in the code', (code, state) => `code=${code}%0d%0aSet-Cookie:%20a=b&state=${state}`],
  ['CB-16 bad UTF-8 in the code', (code, state) => `code=${code}%ff%fe&state=${state}`],
  ['CB-18 response beside the code', (code, state) => `code=${code}&state=${state}&response=${attackInUrl}`],
  ['CB-18 id_token beside the code', (code, state) => `code=${code}&state=${state}&id_token=a.b.c`],
  ['CB-18 token beside the code', (code, state) => `code=${code}&state=${state}&token=a`],
  ['CB-18 access_token beside the code', (code, state) => `code=${code}&state=${state}&access_token=a`],
]

const ending: [string, Make, RegExp][] = [
  ['CB-10 access_denied', (_, state) => `error=access_denied&state=${state}`, /You cancelled/],
  [
    'CB-11 error and code together',
    (code, state) => `error=access_denied&code=${code}&state=${state}`,
    /You cancelled/,
  ],
  ['CB-12 an error nobody knows', (_, state) => `error=${attackInUrl}&state=${state}`, /could not finish/],
  [
    'CB-13 an error_description of HTML',
    (_, state) => `error=server_error&error_description=${attackInUrl}&state=${state}`,
    /could not finish/,
  ],
  [
    'CB-13 an error_description of 10 KB',
    (_, state) => `error=server_error&error_description=${encodeURIComponent(long)}&state=${state}`,
    /could not finish/,
  ],
  ['CB-17 an unexpected iss', (code, state) => `code=${code}&state=${state}&iss=https://evil.example`, /does not fit/],
]

const harmless: [string, string][] = [
  ['CB-09 __proto__ beside a good code', '&__proto__[polluted]=1&constructor[prototype][polluted]=1'],
  ['CB-28 next', '&next=https://evil.example/'],
  ['CB-28 rd', '&rd=//evil.example'],
  ['CB-28 redirect', '&redirect=https://evil.example/&redirect_uri=https://evil.example/'],
]

describe.each(providers)('what comes back to /callback/%s', (provider) => {
  let world: World
  let ana: Player
  let good: URL
  let before: number

  beforeAll(async () => (world = await startWorld(behindProxy)))
  afterEach(() => unlink(ana))
  afterAll(() => world.stop())

  const comesBack = async (make: Make) => {
    ana = newcomer(world, 'ana')
    good = await callbackOf(ana, provider)
    before = exchanges(world, provider)
    const query = make(good.searchParams.get('code') ?? '', good.searchParams.get('state') ?? '')
    return ana.browser.send(`${good.origin}${good.pathname}?${query}`)
  }

  test.each(malformed)('%s is refused, spends nothing, and what the provider sends still works', async (_, make) => {
    const page = await comesBack(make)
    expectRefusal(page, 400)
    expect(page.text).not.toContain('alert(1)')
    expect(exchanges(world, provider)).toBe(before)
    await expectNotLinked(ana)
    expect((await ana.browser.send(good.href)).status).toBe(303)
  })

  test.each(ending)(
    '%s is said in plain words, also the second time, and nothing goes on',
    async (_, make, sentence) => {
      const page = await comesBack(make)
      expectRefusal(page)
      expect(words(page)).toMatch(sentence)
      expect(page.text).not.toMatch(/alert\(1\)|description description|evil|server_error|access_denied/)
      const again = await ana.browser.send(good.href)
      expect([again.status, words(again)]).toEqual([page.status, words(page)])
      expectRefusal(await ana.browser.send(new URL('/link/confirm', good).href))
      expect(exchanges(world, provider)).toBe(before)
      await expectNotLinked(ana)
    },
  )

  test('CB-16 a bad percent sign in the code is left to the provider, which refuses it', async () => {
    const page = await comesBack((_, state) => `code=%zz%&state=${state}`)
    expectRefusal(page)
    expect(words(page)).toContain('start again')
    const after = exchanges(world, provider)
    expect(words(await ana.browser.send(good.href))).toBe(words(page))
    expect(exchanges(world, provider)).toBe(after)
    await expectNotLinked(ana)
  })

  test('CB-16 a bad percent sign in the state is a wrong guess', async () => {
    expectRefusal(await comesBack((code) => `code=${code}&state=%zz`), 400)
    expectRefusal(await ana.browser.send(good.href), 410)
    expect(exchanges(world, provider)).toBe(before)
  })

  test.each(harmless)('%s changes nothing: the link is made, and the way leads to our own pages', async (_, more) => {
    const answer = await comesBack((code, state) => `code=${encodeURIComponent(code)}&state=${state}${more}`)
    expect(answer.headers.get('location')).toBe(provider === 'discord' ? '/link/confirm' : '/link/done')
    expect({}).not.toHaveProperty('polluted')
    const last = await takeAll(ana.browser, { url: new URL('/link/confirm', good).href })
    expect(last.url.startsWith(good.origin)).toBe(true)
  })
})
