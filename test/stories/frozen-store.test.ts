import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { footerOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'

type Redis = Awaited<ReturnType<typeof startRedis>>

describe.skipIf(withoutRedis())('when Redis does not answer', () => {
  let redis: Redis
  let world: World
  let ana: Player
  beforeAll(async () => {
    redis = await startRedis()
    world = await startWorld({ REDIS_URL: redis.url })
    ana = world.person('ana')
    await ana.links()
  })
  afterAll(async () => {
    await world.stop()
    await redis.stop()
  })

  test('RD-133 frozen: Ana is answered before the store is given up, is not called unlinked, and goes on when it thaws', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    redis.freeze()
    const outcomes = await Promise.all([
      ana.uses('liked recent'),
      ana.presses(shown, 'Next'),
      ana.uses('unlink'),
      ana.uses('link'),
    ])
    const health = await fetch(`${world.env['PUBLIC_URL']}/health`)
    redis.thaw()
    for (const outcome of outcomes) {
      expect(outcome.deferred).toBe(true)
      expect(messageOf(outcome).content).toContain("can't reach my database")
      expect(messageOf(outcome).content).not.toContain('/link')
      expect(messageOf(outcome).ephemeral).toBe(true)
    }
    expect(health.status).toBe(503)
    expect(world.errors.every((line) => line.includes('REDIS_URL'))).toBe(true)
    world.errors.length = 0

    await expect.poll(() => ana.uses('liked recent').then((again) => footerOf(messageOf(again)))).toMatch(/^Page 1/)
    world.errors.length = 0
  })

  test('RD-132 killed and started again without its data: Ana links anew, and nothing else is lost', async () => {
    await redis.kill()
    const down = messageOf(await ana.uses('liked recent'))
    expect(down.content).toContain("can't reach my database")
    await redis.restart()
    await expect.poll(() => ana.uses('liked recent').then((again) => messageOf(again).content)).toContain('</link:')
    world.errors.length = 0
    expect((await ana.links()).status).toBe(200)
  })
})
