import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Trouble } from '../../sandbox/spotify/spotify.ts'
import { messageOf } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

/** Every command is asked of songs that are not in hand, unless it says so. */
export async function trouble({ world, people, chat, sit, window, messages }: Stage): Promise<void> {
  const { ana, ben, chiyo, emil } = people
  for (const person of [ana, ben, chiyo]) await person.links()
  const inHand = messageOf(await ana.uses('liked recent'))

  await sit(ana)
  await chat.route('**/api/press', (route) => route.fulfill({ json: { kind: 'failed', reason: 'It did not respond' } }))
  await chat.locator(`[data-message-id="${inHand.id}"]`).getByRole('button', { name: 'Next', exact: true }).click()
  await chat.getByText('This interaction failed.').waitFor()
  await window('interaction-failed')
  await chat.unroute('**/api/press')

  await during('spotify-away', { kind: 'server-error' }, 'GB')
  await during('spotify-no-pages', { kind: 'no-page' }, 'SE')
  await during('spotify-not-allowed', { kind: 'not-allowed' }, 'FR')
  await during('spotify-no-premium', { kind: 'no-premium' }, 'DE')
  world.spotify.revoke('ben-spotify')
  world.spotify.expireAccessTokens('ben-spotify')
  await messages('connection-ended', ben, messageOf(await ben.uses('liked recent')))
  await messages('connection-ended-status', ben, messageOf(await ben.uses('account status')))

  await during('spotify-rate-limited', { kind: 'rate-limited', retryAfter: 29.503 }, 'JP')
  await messages('spotify-rate-limited-in-hand', ana, messageOf(await ana.uses('liked recent')))

  const file = new DatabaseSync(join(world.env['DATA_DIR'] ?? '', 'hearsay.sqlite'))
  file.exec('BEGIN EXCLUSIVE')
  await messages('database-away', emil, messageOf(await emil.uses('link')))
  file.exec('ROLLBACK')
  file.close()

  async function during(name: string, kind: Trouble, market: string): Promise<void> {
    world.spotify.trouble = kind
    await messages(name, ana, messageOf(await ana.uses('liked recent', { market })))
    world.spotify.trouble = { kind: 'none' }
  }
}

export async function budget({ people, messages }: Stage): Promise<void> {
  const { ana } = people
  await ana.links()
  await messages('budget-too-small', ana, messageOf(await ana.uses('liked search', { query: 'river' })))
  for (const market of ['GB', 'SE', 'FR', 'DE', 'JP', 'NO', 'BR', 'US', 'CA', 'AU', 'NZ'])
    await ana.uses('liked recent', { market })
  await messages('budget-used-up', ana, messageOf(await ana.uses('liked recent', { market: 'IE' })))
  await messages('budget-status', ana, messageOf(await ana.uses('account status')))
}
