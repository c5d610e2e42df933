import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { words, type Page } from '../../sandbox/browser.ts'
import { channels } from '../../sandbox/people.ts'
import { messageOf, startWorld, type Player, type World } from '../world/world.ts'
import { behindProxy, callbackOf, expectRefusal, formHeaders, newcomer, type Provider } from './flow.ts'

let world: World
let ben: Player
beforeAll(async () => {
  world = await startWorld(behindProxy)
})
afterAll(() => world.stop())
beforeEach(() => {
  ben = newcomer(world, 'ben')
})

/** Where Ben is answered, as Discord links to it; or one answer there. */
function place(...message: string[]): string {
  const { guild, authorizeUrl } = world.discord
  return new URL(['/channels', guild.id, channels[0]?.id, ...message].join('/'), authorizeUrl).href
}

const hrefs = ({ text }: Page) => Array.from(text.matchAll(/ href="(http[^"]+)"/g), ([, href]) => href)

/** The answer to a redirect back from a provider, changed on its way. */
async function comesBack(provider: Provider, change: (address: URL) => void = () => undefined): Promise<Page> {
  const address = await callbackOf(ben, provider)
  change(address)
  return ben.browser.send(address.href)
}

const cancel = ({ searchParams }: URL): void => {
  searchParams.delete('code')
  searchParams.set('error', 'access_denied')
}

const failures: [string, () => Promise<Page>][] = [
  ['cancelled on Discord', () => comesBack('discord', cancel)],
  ['cancelled on Spotify', () => comesBack('spotify', cancel)],
  [
    'opened again after it was cancelled',
    async () => {
      const address = await callbackOf(ben, 'spotify')
      cancel(address)
      await ben.browser.send(address.href)
      return ben.browser.send(address.href)
    },
  ],
  [
    'signed in to Discord as somebody else',
    async () => {
      const start = await ben.linksUntil('start')
      ben.browser.cookies.set('sandbox_person', world.person('ana').id)
      return ben.browser.goOn(await ben.browser.goOn(start))
    },
  ],
  [
    'not let in by Spotify',
    () => {
      world.spotify.script(/GET \/v1\/me$/, { status: 403, body: 'User not registered in the Developer Dashboard' })
      return comesBack('spotify')
    },
  ],
  [
    'without the permission to read',
    () => {
      const tokens = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r', scope: 'user-read-email' }
      world.spotify.script(/POST \/api\/token/, { body: tokens })
      return comesBack('spotify')
    },
  ],
  [
    'with a code that Spotify does not take',
    () => {
      world.spotify.script(/POST \/api\/token/, { status: 400, body: { error: 'invalid_grant' } })
      return comesBack('spotify')
    },
  ],
  [
    'while Spotify does not work',
    async () => {
      const address = await callbackOf(ben, 'spotify')
      world.spotify.trouble = { kind: 'server-error' }
      const page = await ben.browser.send(address.href)
      world.spotify.trouble = { kind: 'none' }
      return page
    },
  ],
  [
    'while Discord does not work',
    () => {
      world.discord.failNext(/oauth2\/@me/, 500, { message: 'oops' })
      return comesBack('discord')
    },
  ],
  [
    'at an address that no provider sends',
    () => comesBack('spotify', ({ searchParams }) => searchParams.delete('state')),
  ],
  [
    'with a state that was never given out',
    () => comesBack('spotify', ({ searchParams }) => searchParams.set('state', 'x'.repeat(43))),
  ],
  ['at the wrong callback', () => comesBack('spotify', (address) => (address.pathname = '/callback/discord'))],
  [
    'with a form from elsewhere',
    async () => {
      const { url } = await ben.linksUntil('confirm')
      const headers = { ...formHeaders, 'sec-fetch-site': 'cross-site' }
      return ben.browser.send(url, { method: 'POST', body: 'token=x', headers })
    },
  ],
  [
    'with a form that is not the page’s',
    async () => {
      const { url } = await ben.linksUntil('confirm')
      return ben.browser.send(url, { method: 'POST', body: 'token=x', headers: formHeaders })
    },
  ],
  [
    'at a step that is still to come',
    async () => {
      const { url } = await ben.linksUntil('confirm')
      return ben.browser.send(new URL('/link/done', url).href)
    },
  ],
  [
    'asked for in advance',
    async () => {
      const { url } = await ben.linksUntil('start')
      return ben.browser.send(url, { headers: { 'sec-purpose': 'prefetch' } })
    },
  ],
  [
    'asked for too often',
    async () => {
      const { url } = await ben.linksUntil('confirm')
      for (;;) {
        const page = await ben.browser.send(url, { method: 'POST', body: 'token=x', headers: formHeaders })
        if (page.status === 429) return page
      }
    },
  ],
]

test.each(failures)('a linking that failed, %s, keeps the way back to Discord', async (_, fail) => {
  const page = await fail()
  expectRefusal(page)
  expect(hrefs(page)).toEqual([place()])
})

test('a Client ID that is none stays in its field, with what is wrong beside it, and the way back', async () => {
  const { url } = await ben.linksUntil('start')
  const page = await ben.browser.send(`${url}&client-id=%22x%3E`)
  expect(page.status).toBe(400)
  expect(words(page)).toMatch(/Redirect URI.*That is not a Client ID: one has 32 characters/)
  const [field = ''] = /<input[^>]*name="client-id"[^>]*>/.exec(page.text) ?? []
  expect(field).toMatch(/value="&quot;x&gt;".*aria-invalid="true".*aria-describedby="client-id-shape"/s)
  expect(page.text).toMatch(/<form method="get" action="\/link" class="primary">/)
  expect(hrefs(page)).toEqual([expect.stringContaining('developer.spotify.com'), place()])
})

test('so does one that was begun for saving a song, and one that worked; the way leads to the message in the chat', async () => {
  const ana = newcomer(world, 'ana')
  await ana.links()
  await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
  const song = messageOf(await ana.uses('liked random'))
  const told = messageOf(await ben.presses(song, 'Save to my liked songs'))
  const start = await ben.browser.visit(/http[^"]+\/link\?[^"]+/.exec(JSON.stringify(told.components))?.[0] ?? '')
  const asked = await ben.browser.goOn(await ben.browser.goOn(await ben.browser.goOn(start)))
  const done = await ben.browser.goOn(asked)
  expect([done.status, hrefs(done)]).toEqual([200, [place(told.id)]])
  const led = await ben.browser.send(place(told.id))
  expect([led.status, led.headers.get('location')]).toEqual([303, `${world.url}/#${new URL(place(told.id)).pathname}`])
})

test('a browser without a linking is led nowhere', async () => {
  const page = await ben.browser.send(`${world.env['PUBLIC_URL']}/link/done`)
  expectRefusal(page)
  expect(hrefs(page)).toEqual([])
})
