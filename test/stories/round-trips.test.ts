import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import { startRedis, tell, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { until } from '../world/until.ts'
import { footerOf, messageOf, startWorld, unhurried } from '../world/world.ts'

test.skipIf(withoutRedis())(
  'a press asks the store once, a command twice, beside what the rate limiter asks',
  async () => {
    const redis = await startRedis()
    const metrics = String(await freePort())
    const world = await startWorld({ REDIS_URL: redis.url, METRICS_PORT: metrics }, 'http', unhurried)
    const done = (interactions: number) =>
      until(`the end of ${interactions} interactions`, async () => (await ended(metrics)) === interactions)
    const ana = world.person('ana')
    await ana.links()
    await ana.uses('liked recent')
    await done(2)
    const monitor = await watch(redis)

    const shown = messageOf(await ana.uses('liked recent'))
    await done(3)
    // Once for who she is, once more when Spotify has answered: she may have unlinked elsewhere meanwhile.
    expect(await monitor.seen()).toEqual([`GET links:${ana.id}`, `GET links:${ana.id}`])
    const turned = messageOf(await ana.presses(shown, 'Next'))
    expect(footerOf(turned)).toMatch(/^Page 2 of 312/)
    await done(4)
    expect(await monitor.seen()).toEqual([`GET links:${ana.id}`])
    await ana.uses('help')
    await done(5)
    expect(await monitor.seen()).toEqual([])

    monitor.close()
    await world.stop()
    await redis.stop()
  },
)

/** How many interactions the program has done with. */
async function ended(port: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const counts = [...text.matchAll(/^hearsay_interactions_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))
  return counts.reduce((sum, count) => sum + count, 0)
}

/**
 * What a Redis is asked, by its own account, without heartbeats, health checks, the rate limiter's records and the questions
 * what is due.
 */
async function watch(redis: RedisServer) {
  const socket = connect(redis.port, '127.0.0.1')
  let heard = ''
  let echoes = 0
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  socket.write('MONITOR\r\n')
  await once(socket, 'data')
  return {
    async seen(): Promise<string[]> {
      // What comes after everything that was asked before.
      const echo = `echo ${(echoes += 1)}`
      await tell(redis, 'ECHO', echo)
      await until(`"${echo}"`, () => heard.includes(echo))
      const others = heard.split('\n').filter((line) => !/hearsay:(?:meter|check|due:roundups)|gate/.test(line))
      const commands = [...others.join('\n').matchAll(/^\+\S+ \[[^\]]*\] "(\w+)"(?: "([^"]*)")?/gm)]
      heard = ''
      const asked = commands.map(([, command, key = '']) => `${command} ${key.replace('hearsay:record:', '')}`)
      return asked.filter((line) => !/^(?:PING|ECHO)|hearsay:due:/.test(line))
    },
    close: () => socket.destroy(),
  }
}
