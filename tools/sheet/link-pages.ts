import type { Page } from 'playwright-core'
import { buttonsOf, messageOf } from '../../test/world/world.ts'
import { clientId } from './linking.ts'
import type { Stage } from './stage.ts'

/** The pages in the browser, ours and what is behind them. */
export async function linkPages({ world, people, chat, sit, address, page }: Stage): Promise<void> {
  const { ana, ben } = people
  const home = world.env['PUBLIC_URL'] ?? ''
  world.spotify.publicClients.push(clientId)
  await ana.links()
  await sit(ben)
  for (const [name, path] of [
    ['page-home', '/'],
    ['page-privacy', '/privacy'],
    ['page-terms', '/terms'],
    ['page-own-app', '/link?own'],
    ['page-own-app-given', `/link?client-id=${clientId}`],
    ['page-no-client-id', '/link?client-id=none'],
    ['page-nowhere', '/nowhere'],
    ['page-over', '/link/confirm'],
  ] as const)
    await address(name, ben, home + path)

  const tab = await chat.context().newPage()
  await tab.goto(buttonsOf(messageOf(await ben.uses('link')))[0]?.url ?? '')
  await page('page-start', tab)
  await press(tab, 'Continue with Discord')
  await page('page-discord', tab)
  await press(tab, 'Authorize')
  await page('page-confirm', tab)
  await press(tab, 'Continue to Spotify')
  await page('page-spotify', tab)
  await press(tab, 'Cancel')
  await page('page-cancelled', tab)
  await ways(tab, `${home}/link`)
  await page('page-done', tab)

  const song = messageOf(await ana.uses('liked random'))
  const saving = buttonsOf(messageOf(await ben.presses(song, 'Save to my liked songs')))[0]?.url ?? ''
  await tab.goto(saving)
  await page('page-saving', tab)
  await press(tab, 'Continue with Discord')
  await press(tab, 'Authorize')
  await page('page-saving-confirm', tab)
  await press(tab, 'Continue to Spotify')
  await press(tab, 'Agree')
  await page('page-saved', tab)

  world.spotify.script(/GET \/v1\/me$/, { status: 403, body: 'User not registered in the Developer Dashboard' })
  await ways(tab, `${home}/link`)
  await page('page-not-let-in', tab)
  world.spotify.trouble = { kind: 'server-error' }
  await ways(tab, `${home}/link`)
  await page('page-spotify-away', tab)
  world.spotify.trouble = { kind: 'none' }
  await sit(ana)
  await tab.goto(buttonsOf(messageOf(await ben.uses('link')))[0]?.url ?? '')
  await press(tab, 'Continue with Discord')
  await press(tab, 'Authorize')
  await page('page-not-invited', tab)
  await tab.close()
}

async function ways(tab: Page, url: string): Promise<void> {
  await tab.goto(url)
  for (const label of ['Continue with Discord', 'Authorize', 'Continue to Spotify', 'Agree']) await press(tab, label)
}

async function press(tab: Page, label: string): Promise<void> {
  await Promise.all([tab.waitForEvent('framenavigated'), tab.getByRole('button', { name: label }).click()])
  await tab.waitForLoadState()
}
