import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { buttonsOf, footerOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'

const day = 86_400_000

let world: World
let ana: Player
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  world = await startWorld()
  ana = world.person('ana')
  await ana.links()
})
afterAll(() => void vi.useRealTimers())

const reminders = () =>
  world.discord
    .messages(channels[0]?.id ?? '', ana.id)
    .filter(({ content }) => content.includes('connection lasts until'))

test('two weeks before the consent ends Ana is reminded, privately, once a day; renewing turns the reminder into the news, and the page stays what it is', async () => {
  vi.setSystemTime(Date.now() + 160 * day)
  await ana.uses('liked recent')
  vi.setSystemTime(Date.now() + 12 * day)
  const shown = messageOf(await ana.uses('liked recent'))
  expect(shown.ephemeral).toBe(false)
  await expect.poll(() => reminders().length).toBe(1)
  const [reminder = expect.unreachable()] = reminders()
  expect(reminder).toMatchObject({ ephemeral: true })
  await ana.uses('liked recent')

  const renew = buttonsOf(reminder)[0]?.url ?? expect.unreachable()
  let page = await ana.browser.visit(renew)
  for (let steps = 0; steps < 4; steps += 1) page = await ana.browser.goOn(page)
  expect(page.status).toBe(200)
  const now = (message: Message) =>
    world.discord.messages(shown.channelId, ana.id).find(({ id }) => id === message.id) ?? expect.unreachable()
  await expect.poll(() => now(reminder)).toMatchObject({ components: [], content: expect.stringMatching(/^Linked as/) })
  expect(footerOf(now(shown))).toBe(footerOf(shown))
  vi.setSystemTime(Date.now() + 2 * day)
  await ana.uses('liked recent')
  // By then all that is said beside an answer has been said.
  await world.stop()
  expect(reminders()).toEqual([])
})
