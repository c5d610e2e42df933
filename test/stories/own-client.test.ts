import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { words, type Page } from '../../sandbox/browser.ts'
import { buttonsOf, footerOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'
import { expectNotLinked, expectRefusal } from '../web/flow.ts'

const clientId = 'c0ffee00c0ffee00c0ffee00c0ffee00'

describe('a Spotify app of one’s own', () => {
  let world: World
  let gus: Player
  beforeEach(async () => {
    world = await startWorld()
    world.spotify.publicClients.push(clientId)
    gus = world.person('gus')
  })
  afterEach(() => world.stop())

  const publicUrl = () => world.env['PUBLIC_URL'] ?? ''

  /** The page behind the button of a private answer. */
  async function opens(player: Player, options?: Record<string, string>): Promise<Page> {
    const url = buttonsOf(messageOf(await player.uses('link', options)))[0]?.url ?? ''
    return player.browser.visit(url)
  }

  /** From the first page on, by primary forms, to the last one. */
  async function goesOn({ browser }: Player, start: Page): Promise<Page> {
    return browser.goOn(await browser.goOn(await browser.goOn(await browser.goOn(start))))
  }

  test('Gus is not on the allow-list: the page says so and shows him the way to his own app, which works', async () => {
    const refused = await gus.links()
    expectRefusal(refused)
    expect(words(refused)).toContain('User Management')
    const [, own = ''] = /href="(\/link\?for=[^"]+)&own"/.exec(refused.text.replaceAll('&amp;', '&')) ?? []

    const guide = await gus.browser.visit(`${publicUrl()}${own}&own`)
    expect(guide.status).toBe(200)
    expect(guide.text).toContain(`<code>${publicUrl()}/callback/spotify</code>`)
    expect(words(guide)).toMatch(/Premium.*dashboard.*create an app.*Redirect URI.*Web API.*Client ID/)
    // Whose secret it is, and who gets to see it.
    expect(words(guide)).toMatch(/A Client ID is no password.*The person who runs this bot gets to see it/)
    expect(guide.text).not.toContain('primary"')

    const known = await gus.browser.visit(`${publicUrl()}/link?client-id=%20${clientId.toUpperCase()}%20`)
    const confirm = await gus.browser.goOn(await gus.browser.goOn(known))
    expect(words(confirm)).toContain(`through your own app, ${clientId}`)
    const done = await gus.browser.goOn(await gus.browser.goOn(confirm))
    expect(done.status, words(done)).toBe(200)
    expect(footerOf(messageOf(await gus.uses('liked recent')))).toContain('310 liked songs')
    // Of his own app, which his refused sign-in did not go through.
    expect(messageOf(await gus.uses('account status')).content).toContain(
      '2 of 1,000, for everybody linked through the same Spotify app as you.\n-# 1 for pages, 0 for whole libraries, 0 for roundups, 1 for accounts',
    )
  })

  test('the start page leads to the guide and keeps the private message in mind', async () => {
    const start = await gus.linksUntil('start')
    const [, address = ''] = /href="(\/link\?own[^"]*)"/.exec(start.text) ?? []
    const guide = await gus.browser.visit(new URL(address.replaceAll('&amp;', '&'), start.url).href)
    expect(words(guide)).toContain('Client ID of your app')
    expect(guide.text).toMatch(
      /<form method="get" action="\/link" class="">\s*<input type="hidden" name="for" value="[\w-]{43}"/,
    )
  })

  test('Gus gives the Client ID with the command: it is linked, refreshed and linked again through his app', async () => {
    const start = await opens(gus, { 'client-id': clientId })
    expect(new URL(start.url).searchParams.get('client-id')).toBe(clientId)
    expect(words(start)).toContain(clientId)
    const done = await goesOn(gus, start)
    expect(
      done.trail.some((url) => url.includes('/link/done')),
      words(done),
    ).toBe(true)

    world.spotify.expireAccessTokens()
    expect(footerOf(messageOf(await gus.uses('liked recent')))).toContain('310 liked songs')
    const exchanges = world.spotify.requests.filter(({ path }) => path === '/api/token')
    expect(exchanges.map(({ status, accountId }) => [status, accountId])).toEqual([
      [200, 'gus-spotify'],
      [200, 'gus-spotify'],
    ])

    const again = await opens(gus)
    expect(words(again)).toContain(clientId)
    expect((await goesOn(gus, again)).status).toBe(200)
    expect(footerOf(messageOf(await gus.uses('liked recent', { market: 'GB' })))).toContain('310 liked songs')
  })

  test.each([
    ['too short', 'c0ffee'],
    ['too long', `${clientId}0`],
    ['of other letters', 'z'.repeat(32)],
    ['with something behind it', `${clientId}&for=x`],
    ['markup', '<script>alert(1)</script>'],
  ])('an id that is none (%s) is refused in a sentence, by the command, the page and the form', async (_, wrong) => {
    const told = messageOf(await gus.uses('link', { 'client-id': wrong }))
    expect(told).toMatchObject({ ephemeral: true, content: expect.stringContaining('That is not a Client ID') })
    const page = await gus.browser.visit(`${publicUrl()}/link?client-id=${encodeURIComponent(wrong)}`)
    expect(page.status).toBe(400)
    expect(words(page)).toContain('That is not a Client ID')
    expect(page.text).not.toContain('<script')
    const form = { method: 'POST', body: new URLSearchParams({ 'client-id': wrong }).toString() }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expectRefusal(await gus.browser.send(`${publicUrl()}/link`, { ...form, headers }), 400)
    await expectNotLinked(gus)
  })

  test('an id that Spotify does not know ends on Spotify’s page, and nothing is linked', async () => {
    const start = await opens(gus, { 'client-id': 'd'.repeat(32) })
    const { browser } = gus
    const page = await browser.goOn(await browser.goOn(await browser.goOn(start)))
    expect(words(page)).toContain('Invalid client')
    await expectNotLinked(gus)
  })

  test('Gus’s app is gone: he is told to link again, the operator is not, and his link stays', async () => {
    expect((await goesOn(gus, await opens(gus, { 'client-id': clientId }))).status).toBe(200)
    world.spotify.publicClients.length = 0
    world.spotify.expireAccessTokens()
    const told = messageOf(await gus.uses('liked recent'))
    expect(told.content).toMatch(/does not know the app.*<\/link:/)
    expect(world.errors).toEqual([])
    world.spotify.publicClients.push(clientId)
    expect(footerOf(messageOf(await gus.uses('liked recent')))).toContain('310 liked songs')
  })

  test('an app that wants patience keeps nobody else waiting', async () => {
    const ana = world.person('ana')
    await ana.links()
    await goesOn(gus, await opens(gus, { 'client-id': clientId }))
    const quota = { error: { status: 429, message: 'Too many requests', reason: 'QUOTA_EXCEEDED' } }
    world.spotify.script(/GET \/v1\/me\/tracks/, { status: 429, headers: { 'retry-after': '40000' }, body: quota })
    const told = messageOf(await gus.uses('liked recent'))
    expect(told.content).toMatch(/app that you linked with.*<t:\d+:R>/)
    expect(footerOf(messageOf(await ana.uses('liked recent')))).toContain('3,120 liked songs')
  })

  test('Gus forwards his address: in Ben’s browser it links nothing to anybody', async () => {
    const ben = world.person('ben')
    const { url } = await opens(gus, { 'client-id': clientId })
    const start = await ben.browser.visit(url)
    const page = await ben.browser.goOn(await ben.browser.goOn(start))
    expectRefusal(page, 400)
    expect(words(page)).toContain('made for somebody else')
    await expectNotLinked(ben)
    await expectNotLinked(gus)
  })

  test('two people of one app are linked, refreshed and unlinked each on their own', async () => {
    await goesOn(gus, await opens(gus, { 'client-id': clientId }))
    const emil = world.person('emil')
    // Made at its first use, which may take longer than the program waits for Spotify.
    expect(emil.spotify.library).toHaveLength(40_000)
    expect((await goesOn(emil, await opens(emil, { 'client-id': clientId }))).status).toBe(200)
    expect(footerOf(messageOf(await emil.uses('liked recent')))).toContain('40,000 liked songs')
    await emil.presses(messageOf(await emil.uses('unlink')), 'Unlink')
    world.spotify.expireAccessTokens()
    expect(footerOf(messageOf(await gus.uses('liked recent')))).toContain('310 liked songs')
    expect(words(await opens(emil))).not.toContain(clientId)
  })

  test('Gus goes back to the bot’s own app by the link on the page', async () => {
    await goesOn(gus, await opens(gus, { 'client-id': clientId }))
    gus.spotify.allowed = true
    const own = await opens(gus)
    const [, address = ''] = /<a href="(\/link\?for=[^"]*)">Link without/.exec(own.text) ?? []
    const start = await gus.browser.visit(new URL(address, own.url).href)
    expect(words(start)).not.toContain(clientId)
    expect((await goesOn(gus, start)).status).toBe(200)
    expect(words(await opens(gus))).not.toContain(clientId)
  })
})
