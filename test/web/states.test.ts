import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkRandomSource } from '../../src/crypto.ts'
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
  unlink,
} from './flow.ts'

const wrong: [string, (state: string) => string][] = [
  ['ST-31 cut off at the end', (state) => state.slice(0, -1)],
  ['ST-31 cut off at the start', (state) => state.slice(20)],
  ['ST-32 with one bit flipped', (state) => flipped(state, 7)],
  ['ST-32 with the last bit flipped', (state) => flipped(state, state.length - 1)],
  ['ST-33 in another case', swapCase],
  ['ST-37 made up', () => 'A'.repeat(43)],
]

describe.each(providers)('the state for %s', (provider) => {
  let world: World
  let ana: Player
  let good: URL

  beforeAll(async () => (world = await startWorld(behindProxy)))
  afterEach(async () => {
    vi.useRealTimers()
    await unlink(ana)
  })
  afterAll(() => world.stop())

  const arrive = async () => {
    ana = newcomer(world, 'ana')
    good = await callbackOf(ana, provider)
    return withState(good, (state) => state)
  }

  test.each(wrong)('%s is a wrong guess, and one wrong guess ends the session', async (_, change) => {
    await arrive()
    const before = exchanges(world, provider)
    expectRefusal(await ana.browser.send(withState(good, change)), 400)
    expectRefusal(await ana.browser.send(good.href), 410)
    expect(exchanges(world, provider)).toBe(before)
    await expectNotLinked(ana)
  })

  test('ST-34 the live state of Ben opens nothing for Ana, and both can still finish their own', async () => {
    await arrive()
    const ben = newcomer(world, 'ben')
    const his = await callbackOf(ben, provider)
    const before = exchanges(world, provider)
    const state = his.searchParams.get('state') ?? ''
    expectRefusal(await ana.browser.send(withState(good, () => state)), 400)
    expectRefusal(await ben.browser.send(withState(his, () => good.searchParams.get('state') ?? '')), 400)
    expect(exchanges(world, provider)).toBe(before)
    await expectNotLinked(ana)
    await expectNotLinked(ben)
    expect((await ana.browser.send(good.href)).status).toBe(303)
    expect((await ben.browser.send(his.href)).status).toBe(303)
    await unlink(ben)
  })

  test('CB-24 ST-35 after ten minutes and a second the state leads nowhere', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await arrive()
    const before = exchanges(world, provider)
    vi.setSystemTime(Date.now() + 10 * 60_000 + 1000)
    const page = await ana.browser.send(good.href)
    expectRefusal(page, 410)
    expect(words(page)).toContain('longer than ten minutes')
    expect(exchanges(world, provider)).toBe(before)
    expectRefusal(await ana.browser.visit(new URL('/link/confirm', good).href), 410)
    vi.useRealTimers()
    await expectNotLinked(ana)
  })

  test('CB-25 ST-36 the right state at the other provider’s address ends the session', async () => {
    await arrive()
    const before = [exchanges(world, 'discord'), exchanges(world, 'spotify')]
    const other = good.href.replace(`/${provider}?`, provider === 'discord' ? '/spotify?' : '/discord?')
    expectRefusal(await ana.browser.send(other), 400)
    expectRefusal(await ana.browser.send(good.href), 410)
    expect([exchanges(world, 'discord'), exchanges(world, 'spotify')]).toEqual(before)
    await expectNotLinked(ana)
  })

  test('ST-40 the provider does not accept the verifier: Ana is told to start again', async () => {
    const address = await arrive()
    const refusal = { error: 'invalid_grant', error_description: 'code_verifier was incorrect' }
    if (provider === 'spotify') world.spotify.script(/POST \/api\/token/, { status: 400, body: refusal })
    else world.discord.failNext(/POST .*\/oauth2\/token$/, 400, refusal)
    const page = await ana.browser.send(address)
    expectRefusal(page)
    expect(words(page)).toMatch(/did not accept this sign-in.*start again/)
    expect(page.text).not.toContain('verifier')
    expect(words(await ana.browser.send(address))).toBe(words(page))
    await expectNotLinked(ana)
  })

  test('ST-38 a thousand guesses from one address meet the limiter, and elsewhere nobody notices', async () => {
    // All within one minute, however long they take.
    vi.useFakeTimers({ toFake: ['Date'] })
    const address = await arrive()
    const guesser = newcomer(world, 'emil').browser
    const guess = async (number: number) => {
      const state = createHash('sha256').update(String(number)).digest('base64url')
      return (await guesser.send(withState(good, () => state))).status
    }
    const statuses = new Map<number, number>()
    for (let batch = 0; batch < 10; batch += 1) {
      const answered = await Promise.all(Array.from({ length: 100 }, (_, number) => guess(batch * 100 + number)))
      for (const status of answered) statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect(Object.fromEntries(statuses)).toEqual({ 400: 60, 429: 940 })
    expect((await ana.browser.send(address)).status).toBe(303)
  })
})

test('ST-42 a random source that returns a constant, or the same twice, is noticed', () => {
  const drawn = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7))
  expect(() => checkRandomSource((size) => Buffer.alloc(size, 4))).toThrow('random source')
  expect(() => checkRandomSource(() => drawn)).toThrow('random source')
  let times = 0
  expect(() => checkRandomSource((size) => Buffer.alloc(size, (times += 1)))).toThrow('random source')
  expect(() => checkRandomSource()).not.toThrow()
})

function withState(url: URL, change: (state: string) => string): string {
  const changed = new URL(url)
  changed.searchParams.set('state', change(url.searchParams.get('state') ?? ''))
  return changed.href
}

function flipped(state: string, at: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = alphabet[alphabet.indexOf(state[at] ?? '') ^ 1] ?? ''
  return state.slice(0, at) + other + state.slice(at + 1)
}

function swapCase(state: string): string {
  return state.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
}
