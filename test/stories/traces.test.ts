import { expect, test } from 'vitest'
import { redisInstalled, startRedis, tell } from '../store/redis-server.ts'
import { messageOf, startWorld } from '../world/world.ts'

test.skipIf(!redisInstalled() && !process.env['CI'])(
  'once Ana has unlinked, Redis holds nothing by which she could be found, and what is sealed ends by itself',
  async () => {
    const redis = await startRedis()
    const world = await startWorld({ REDIS_URL: redis.url })
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    const everything = async (): Promise<string[]> => {
      const keys = (await tell(redis, 'KEYS', '*')).split('\n').filter(Boolean)
      const values = keys.map(async (key) => `${key} ${await tell(redis, 'DUMP', key)}`)
      return Promise.all(values)
    }
    const traces = async (): Promise<string[]> =>
      (await everything()).filter((entry) => [ana.id, ana.spotify.id].some((word) => entry.includes(word)))

    await ana.links()
    await ana.presses(messageOf(await ana.uses('account sharing')), 'This server')
    await ben.presses(
      messageOf(await ben.uses('liked recent', { member: world.person('chiyo').id })),
      'Ask @Chiyo to share',
    )
    await ana.uses('liked search', { query: 'rain' })
    world.spotify.expireAccessTokens()
    await ana.uses('liked recent')
    expect((await traces()).length).toBeGreaterThan(1)

    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    expect(await traces()).toEqual([])
    await world.stop()
    await redis.stop()
  },
)
