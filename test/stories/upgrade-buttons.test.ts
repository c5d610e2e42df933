import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { buttonsOf, fixtureOf, openFixture, startOn, type Opened } from '../fixtures/open.ts'
import { expectOutcome, presses } from '../fixtures/pressing.ts'
import { withoutRedis } from '../store/redis-server.ts'
import { footerOf, messageOf, type World } from '../world/world.ts'

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterAll(() => void vi.useRealTimers())

describe.each(['sqlite', 'redis'] as const)('what 0.1.0 has sent over %s', (store) => {
  const fixture = fixtureOf(store)
  const skipped = store === 'redis' && withoutRedis()
  let opened: Opened
  let world: World

  describe.skipIf(skipped)('still works when somebody presses it', () => {
    beforeAll(() => start())
    afterAll(() => stop())

    test('Ana searches, so that her library is read', async () => {
      const { channelId } = messageOf(await world.person('ana').uses('liked search', { query: 'the' }))
      const newest = (): Message | undefined => world.discord.messages(channelId, world.person('ana').id).at(-1)
      await expect.poll(() => footerOf(newest() ?? expect.unreachable())).toMatch(/^Page 1 of \d+ /)
    })

    const all = buttonsOf(store).map((button) => [button.from, button.label, button.presser, button] as const)
    test.each(all)('%s: %s, by %s', async (_from, _label, _presser, button) => {
      expectOutcome(await presses(world, fixture, button), button)
    })
  })

  describe.skipIf(skipped)('counts', () => {
    beforeAll(() => start({ SPOTIFY_DAILY_REQUESTS: String(fixture.spent) }))
    afterAll(() => stop())

    test('what it has asked of Spotify on this day: where that is all of the budget, Ana has to wait', async () => {
      expect(messageOf(await world.person('ana').uses('liked recent')).content).toMatch(/<t:\d+:/)
      expect(world.spotify.requests.filter(({ path }) => path.startsWith('/v1/'))).toEqual([])
    })
  })

  async function start(changes: Record<string, string> = {}): Promise<void> {
    opened = await openFixture(store)
    world = await startOn(opened, fixture, changes)
  }

  async function stop(): Promise<void> {
    await world.stop()
    await opened.close()
  }
})
