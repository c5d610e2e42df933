import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import { footerOf, messageOf, rowsOf, startWorld, type Player, type World } from '../world/world.ts'
import { until } from '../world/until.ts'
import { callbackOf, expectNotLinked, expectRefusal, freezeSpotify, linkedAs, unlink } from './flow.ts'

let world: World
let ana: Player
let ben: Player
beforeEach(async () => {
  world = await startWorld()
  ana = world.person('ana')
  ben = world.person('ben')
})
afterEach(() => {
  vi.useRealTimers()
  return world.stop()
})

test('XU-56 one Spotify account for two Discord people: each link is on its own, and one unlinking leaves the other', async () => {
  await linksWith(ana, ben)
  await linksWith(ben, ben)
  expect([await linkedAs(ana), await linkedAs(ben)]).toEqual(['Ben', 'Ben'])
  await unlink(ana)
  await expectNotLinked(ana)
  world.spotify.expireAccessTokens()
  expect(footerOf(messageOf(await ben.uses('liked recent')))).toContain('42 liked songs')
})

test('XU-57 XU-62 Ana links another Spotify account: the first is replaced, and nothing of it is shown again', async () => {
  await linksWith(ana, ana)
  const before = messageOf(await ana.uses('liked recent'))
  expect(footerOf(before)).toContain('3,120 liked songs')

  await linksWith(ana, ben)
  expect(await linkedAs(ana)).toBe('Ben')
  const after = messageOf(await ana.uses('liked recent'))
  expect(footerOf(after)).toContain('42 liked songs')
  expect(rowsOf(after)).not.toEqual(rowsOf(before))
  const turned = messageOf(await ana.presses(before, 'Next'))
  expect(footerOf(turned)).toContain('42 liked songs')
  await unlink(ana)
  await expectNotLinked(ana)
})

test('XU-57 a refresh of the first account that is still under way does not bring it back', async () => {
  world.spotify.rotation = true
  await linksWith(ana, ana)
  world.spotify.expireAccessTokens()
  const { answers, passesBy, letGo } = freezeSpotify(world)
  const late = ana.uses('liked recent')
  const isUnderWay = (wanted: string) =>
    world.spotify.requests.some(({ path, status }) => path === wanted && status === 0)
  await until('a request with the old token', () => isUnderWay('/v1/me/tracks'))
  answers()
  const refreshing = () => isUnderWay('/api/token')
  await until('a refresh under way', refreshing)
  passesBy()
  await linksWith(ana, ben)
  expect(refreshing()).toBe(true)
  letGo()
  await late
  expect(await linkedAs(ana)).toBe('Ben')
  expect(footerOf(messageOf(await ana.uses('liked recent')))).toContain('42 liked songs')
})

test.each(['Spotify is asked for the tokens', 'Spotify is asked who that is'])(
  'XU-58 Ana unlinks while %s: nothing comes back',
  async (moment) => {
    await linksWith(ana, ana)
    const good = (await callbackOf(ana, 'spotify')).href
    const before = world.spotify.requests.length
    const asked = (requests: number) =>
      until(`request ${requests}`, () => world.spotify.requests.length === before + requests)
    const { answers, letGo } = freezeSpotify(world)
    const answer = ana.browser.send(good)
    await asked(1)
    if (moment.endsWith('who that is')) {
      answers()
      await asked(2)
    }
    await unlink(ana)
    letGo()
    const page = await answer
    expectRefusal(page)
    expect(words(page)).toContain('You unlinked while this was under way')
    await expectNotLinked(ana)
    expectRefusal(await ana.browser.visit(new URL('/link/done', good).href), 410)
    expectRefusal(await ana.browser.send(good))
    expect((await ana.links()).status).toBe(200)
  },
)

test('XU-58 Ana unlinks before Spotify sends her back: nothing comes back', async () => {
  await linksWith(ana, ana)
  const good = (await callbackOf(ana, 'spotify')).href
  await unlink(ana)
  expectRefusal(await ana.browser.send(good))
  await expectNotLinked(ana)
})

test('XU-60 an identity that Discord tells of another application is refused', async () => {
  const good = (await callbackOf(ana, 'discord')).href
  const user = { id: ben.id, username: 'ben', global_name: 'Ben' }
  world.discord.failNext(/oauth2\/@me/, 200, { application: { id: '999999999999999999' }, scopes: ['identify'], user })
  const page = await ana.browser.send(good)
  expectRefusal(page, 400)
  expect(words(page)).toContain('another application')
  expect(page.headers.get('set-cookie')).toBeNull()
  expectRefusal(await ana.browser.visit(new URL('/link/confirm', good).href))
  expect(world.discord.liveTokens()).toBe(0)
  await expectNotLinked(ana)
  await expectNotLinked(ben)
})

test.each([
  ['no body', 200, undefined],
  ['null', 200, null],
  ['a list', 200, []],
  ['no user', 200, { application: { id: 'ours' } }],
  ['an id that is none', 200, { user: { id: '../1', username: 'ana' } }],
  ['a number for an id', 200, { user: { id: 1, username: 'ana' } }],
  ['a server error', 500, { message: 'oops' }],
  ['a page', 403, '<html>'],
])('XU-60 an identity answer with %s is refused, and the token is given back', async (_, status, body) => {
  const good = (await callbackOf(ana, 'discord')).href
  world.discord.failNext(/oauth2\/@me/, status, body)
  expectRefusal(await ana.browser.send(good), 400)
  expect(world.discord.liveTokens()).toBe(0)
  await expectNotLinked(ana)
})

test('XU-61 Ana takes reading her songs out of the consent: a page of its own, and nothing is stored', async () => {
  const good = (await callbackOf(ana, 'spotify')).href
  const tokens = {
    access_token: 'a',
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: 'r',
    scope: 'user-read-email',
  }
  world.spotify.script(/POST \/api\/token/, { body: tokens })
  const page = await ana.browser.send(good)
  expectRefusal(page)
  expect(words(page)).toContain('did not let me read your liked songs')
  await expectNotLinked(ana)
})

test('XU-61 a failed second linking leaves the first one as it was', async () => {
  await linksWith(ana, ana)
  const good = (await callbackOf(ana, 'spotify')).href
  world.spotify.script(/GET \/v1\/me$/, { status: 403, body: 'User not registered in the Developer Dashboard' })
  const page = await ana.browser.send(good)
  expectRefusal(page)
  expect(words(page)).toContain('User Management')
  expect(await linkedAs(ana)).toBe('Ana')
  expect(footerOf(messageOf(await ana.uses('liked recent')))).toContain('3,120 liked songs')
})

test.each([
  ['cancels', true],
  ['meets a Spotify that is away', false],
])('Ana is linked, links again and %s: nothing says that she is not linked', async (_, isCancelled) => {
  await linksWith(ana, ana)
  const address = await callbackOf(ana, 'spotify')
  if (isCancelled) {
    address.searchParams.delete('code')
    address.searchParams.set('error', 'access_denied')
  } else world.spotify.trouble = { kind: 'server-error' }
  const page = await ana.browser.send(address.href)
  expectRefusal(page)
  expect(words(page)).toContain('Nothing changed')
  expect(words(page)).not.toMatch(/not linked|nothing was linked/i)
  expect(await linkedAs(ana)).toBe('Ana')
})

/** The whole way, with the Spotify account that is the other person's own. */
async function linksWith(player: Player, owner: Player): Promise<void> {
  const confirm = await player.linksUntil('confirm')
  player.browser.cookies.set('sandbox_person', owner.id)
  const done = await player.browser.goOn(await player.browser.goOn(confirm))
  player.browser.cookies.set('sandbox_person', player.id)
  expect(words(done)).toContain(`Linked as ${owner.name}`)
}

test.each([
  ['120.5', 'in 3 minutes'],
  ['40', 'in a minute'],
  ['soon', 'later'],
])('Discord has its sign-in wait for %s: Ben reads to come back %s', async (retryAfter, when) => {
  const back = (await callbackOf(ben, 'discord')).href
  world.discord.haveWait(/oauth2\/@me/, retryAfter)
  expect(words(await ben.browser.send(back))).toContain(`Please start again ${when}.`)
})
