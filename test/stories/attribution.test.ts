import { expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { asks, questionOf } from '../world/asking.ts'
import { messageOf, startWorld, unhurried } from '../world/world.ts'

const music = channels[0]?.id ?? ''
const icon = 'https://club.example/spotify-icon.png'
const footersOf = ({ embeds }: Message): unknown[] => embeds.map((embed) => embed['footer'])

test('Spotify’s icon is beside its name on every list, also on pages that are turned, copied and shown on request', async () => {
  const world = await startWorld({ SPOTIFY_LOGO_URL: icon }, 'gateway', unhurried)
  onTestFinished(() => world.stop())
  const [ana, ben] = [world.person('ana'), world.person('ben')]
  await ana.links()
  await ben.links()
  const attributed = [{ icon_url: icon, text: expect.stringMatching(/ · Spotify$/) }]
  const shown = messageOf(await ana.uses('liked recent'))
  expect(footersOf(shown)).toMatchObject(attributed)
  for (const button of ['Next', 'Refresh', 'Browse privately'])
    expect(footersOf(messageOf(await ana.presses(shown, button))), button).toMatchObject(attributed)
  expect(footersOf(messageOf(await ana.uses('liked when', { date: '2023' })))).toMatchObject(attributed)
  expect(footersOf(messageOf(await ana.uses('liked search', { query: 'a' })))).toMatchObject(attributed)
  const joining = messageOf(await ana.uses('roundup join'))
  expect(footersOf(joining)).toEqual([{ icon_url: icon, text: 'Spotify' }])
  await asks(ben, ana)
  const page = messageOf(await ana.presses(await questionOf(world, ben, ana, music), 'Show one page here'))
  expect(footersOf(page)).toMatchObject(attributed)
})
