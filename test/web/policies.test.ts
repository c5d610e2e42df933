import { expect, onTestFinished, test } from 'vitest'
import { createBrowser, words, type Page } from '../../sandbox/browser.ts'
import { readConfig } from '../../src/config.ts'
import { privacyPage, termsPage } from '../../src/linking/policy-pages.ts'
import { english } from '../world/english.ts'
import { messageOf, startWorld, type World } from '../world/world.ts'
import { behindProxy } from './flow.ts'
import { complete } from '../world/complete-settings.ts'

async function worldWith(changes: Record<string, string> = {}): Promise<World> {
  const world = await startWorld({ ...behindProxy, ...changes })
  onTestFinished(() => world.stop())
  return world
}

const at = (world: World, path: string, options?: { method: string }): Promise<Page> =>
  createBrowser().send(`${world.env['PUBLIC_URL']}${path}`, options)

/** Both addresses, as a page leads to them. */
const linkedIn = ({ text }: Page, { privacy, terms }: { privacy: string; terms: string }): boolean[] =>
  [privacy, terms].map((address) => text.includes(`href="${address.replaceAll('&', '&amp;')}"`))

test('Ana reads what is kept and what she agrees to before she links, on every page that begins something', async () => {
  const world = await worldWith({ OPERATOR_NAME: 'The <Listening> Club', OPERATOR_CONTACT: 'ana@club.example' })
  const url = world.env['PUBLIC_URL'] ?? ''
  const ours = { privacy: `${url}/privacy?lang=en-US`, terms: `${url}/terms?lang=en-US` }
  const ana = world.person('ana')
  const told = messageOf(await ana.uses('link')).content
  expect(told).toMatch(/\n-# By continuing you agree to the \[terms of use\]/)
  for (const address of Object.values(ours)) expect(told).toContain(`](<${address}>)`)

  const confirm = await ana.linksUntil('confirm')
  const pages = [
    await at(world, '/'),
    await at(world, '/link'),
    await at(world, `/link?client-id=${'c0ffee00'.repeat(4)}`),
    confirm,
  ]
  for (const page of pages) expect(linkedIn(page, ours), page.url).toEqual([true, true])
  for (const page of pages.slice(1)) {
    // What is agreed to comes before the button.
    expect(page.text.indexOf('By continuing')).toBeGreaterThan(0)
    expect(page.text.indexOf('By continuing')).toBeLessThan(page.text.indexOf('<button class="primary"'))
  }

  const privacy = await at(world, '/privacy')
  expect(privacy.status).toBe(200)
  expect(words(privacy)).toContain('The <Listening> Club runs this bot and is responsible for your data')
  expect(privacy.text).toContain('href="mailto:ana@club.example"')
  for (const what of ['24 hours after its last use', 'encrypted', '/unlink', '/account export', '30 days', 'files on'])
    expect(words(privacy)).toContain(what)
  expect(words(privacy)).toMatch(/told within 24 hours/)

  const terms = await at(world, '/terms')
  expect(terms.status).toBe(200)
  for (const what of ['on behalf of Spotify', 'reverse engineer', 'third-party beneficiary', 'merchantability'])
    expect(words(terms)).toContain(what)
  expect(words(terms)).toContain('The <Listening> Club')
  expect(linkedIn(terms, ours)[0]).toBe(true)
  expect((await at(world, '/terms', { method: 'POST' })).status).toBe(405)
})

test('pages of the operator’s own take their place everywhere, and ours lead there', async () => {
  const own = { privacy: 'https://club.example/data?of=bot&x=1', terms: 'https://club.example/rules' }
  const world = await worldWith({ PRIVACY_URL: own.privacy, TERMS_URL: own.terms })
  const told = messageOf(await world.person('ana').uses('link')).content
  for (const address of Object.values(own)) expect(told).toContain(`](<${address}>)`)
  for (const path of ['/', '/link']) expect(linkedIn(await at(world, path), own), path).toEqual([true, true])
  for (const [name, address] of Object.entries(own)) {
    const page = await at(world, `/${name}`)
    expect([page.status, page.headers.get('location')]).toEqual([303, address])
  }
})

const pageWith = (settings: Record<string, string>, make = privacyPage): string =>
  make(english, readConfig({ ...complete, ...settings })).replace(/\s+/g, ' ')

test.each([
  [{ LIBRARY_CACHE_HOURS: '1' }, 'kept for 1 hour after its last use'],
  [{ LIBRARY_CACHE_HOURS: '0.5' }, 'kept for 0.5 hours after its last use'],
  [{ LIBRARY_CACHE_HOURS: '168' }, 'kept for 168 hours after its last use'],
  [{ LIBRARY_CACHE_HOURS: '0' }, 'for half an hour after its last use. It is never written to disk'],
  [{ REDIS_URL: 'redis://127.0.0.1', TOKEN_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` }, 'a Redis'],
  [{}, 'in files on the machine'],
  [{}, 'The person who runs this bot is responsible for your data. To reach the person who runs it, ask who'],
  [{ OPERATOR_CONTACT: 'https://club.example/?a=1&b=2' }, 'href="https://club.example/?a=1&amp;b=2"'],
])('the privacy notice of an instance with %j says so', (settings, says) => {
  expect(pageWith(settings)).toContain(says)
})

test('without a name the terms are with the person who runs the bot', () => {
  expect(pageWith({}, termsPage)).toContain('with the person who runs this bot when you link')
  expect(pageWith({ OPERATOR_NAME: 'Ana' }, termsPage)).toContain('with <bdi>Ana</bdi>, who runs this bot, when')
})

test('nothing of an index that is never stored is promised', () => {
  expect(pageWith({ LIBRARY_CACHE_HOURS: '0' })).not.toMatch(/48 hours/)
})
