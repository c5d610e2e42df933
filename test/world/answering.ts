import type { Deadlines } from '../../src/discord/dispatch.ts'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { waitLimit } from './until.ts'
import { startWorld, unhurried, type World } from './world.ts'

/** How answers come: at once or late, by the gateway over a file, or over HTTP with a Redis. */
interface Answering {
  readonly deadlines: Deadlines
  readonly isHttp: boolean
}

/** Every answer is announced before it is known. */
export const late: Deadlines = { acknowledge: 0, autocomplete: waitLimit }

export const answerings: readonly (readonly [name: string, how: Answering])[] = [
  ['at once, over a file', { deadlines: unhurried, isHttp: false }],
  ['late, over a file', { deadlines: late, isHttp: false }],
  ['at once over HTTP, over Redis', { deadlines: unhurried, isHttp: true }],
]

/** Where there is no Redis for it. */
export function lacksRedis({ isHttp }: Answering): boolean {
  return isHttp && withoutRedis()
}

/** A world with such answers, which ends its Redis with itself. */
export async function startAnswering({ deadlines, isHttp }: Answering): Promise<World> {
  const redis = isHttp ? await startRedis() : undefined
  const settings: Record<string, string> = redis ? { REDIS_URL: redis.url } : {}
  const world = await startWorld(settings, isHttp ? 'http' : 'gateway', deadlines).catch(async (error: unknown) => {
    await redis?.stop()
    throw error
  })
  const { stop } = world
  return Object.assign(world, {
    async stop() {
      try {
        await stop()
      } finally {
        await redis?.stop()
      }
    },
  })
}
