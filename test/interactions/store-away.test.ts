import { expect, test } from 'vitest'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { messageOf, startWorld } from '../world/world.ts'

test.skipIf(withoutRedis())(
  'nobody can tell whether it came before: Ana is told so in time, and what changes something is not done',
  async () => {
    const redis = await startRedis()
    const world = await startWorld({ REDIS_URL: redis.url }, 'http')
    const ana = world.person('ana')
    await ana.links()
    const shown = messageOf(await ana.uses('unlink'))
    await redis.stop()
    // How soon she has to be told is held in deadlines.test.ts, by a clock of its own.
    // Of itself this press asks the store nothing and is told that the button is somebody else's.
    const outcome = await ana.forges(shown, 'unlink:somebody-else')
    expect(messageOf(outcome).content).toMatch(/\(ref [\da-f]{4}\)$/)
    expect(world.errors).not.toEqual([])
    world.errors.length = 0
    await world.stop()
  },
)
