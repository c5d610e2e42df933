import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { messageOf, rowsOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

describe('with the limits that the operator knows', () => {
  let world: World
  afterEach(() => world.stop())

  const begin = async (changes: Record<string, string>): Promise<Player> => {
    world = await startWorld(changes, 'gateway', unhurried)
    const ana = world.person('ana')
    await ana.links()
    return ana
  }
  const asked = () => world.spotify.requests.filter(({ path }) => path.startsWith('/v1/')).length

  test('a full window: Ana sees what is in hand "as of", and is told until when for the rest', async () => {
    // The window of thirty seconds lasts as long as this machine needs.
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() })
    onTestFinished(() => void vi.useRealTimers())
    const ana = await begin({ SPOTIFY_WINDOW_REQUESTS: '2' })
    expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
    expect(asked()).toBe(2)
    const inHand = await ana.uses('liked recent')
    expect(messageOf(inHand).embeds[0]?.['description']).toMatch(/As of <t:\d+:R>/)
    expect(inHand.deferred).toBe(false)
    const told = messageOf(await ana.uses('liked recent', { market: 'GB' })).content
    const seconds = Number(/Please try again <t:(\d+):R>/.exec(told)?.[1]) - Date.now() / 1000
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(32)
    expect(asked()).toBe(2)
  })

  test('a day that is nearly used up: readings end first, pages go on, and then Ana is told until when', async () => {
    const ana = await begin({ SPOTIFY_DAILY_REQUESTS: '10' })
    const search = messageOf(await ana.uses('liked search', { query: 'love' }))
    const told = () => world.discord.messages(search.channelId, ana.id).map(({ content }) => content)
    // Where the reading takes long, its progress is shown first.
    await expect.poll(() => told().at(-1)).toMatch(/used up what Spotify grants me for a day.*<t:\d+:R>/)
    expect(asked()).toBe(9)
    expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
    const refused = messageOf(await ana.uses('liked recent', { market: 'GB' })).content
    expect(refused).toMatch(/used up what Spotify grants me for a day.*<t:\d+:R>/)
    expect(asked()).toBe(10)
  })
})
