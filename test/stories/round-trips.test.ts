import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { footerOf, messageOf, startWorld } from '../world/world.ts'

test.skipIf(withoutRedis())(
  'a press asks the store once, a command twice, beside what the gate before Spotify asks',
  async () => {
    const redis = await startRedis()
    const world = await startWorld({ REDIS_URL: redis.url }, 'http')
    const ana = world.person('ana')
    await ana.links()
    await ana.uses('liked recent')
    const monitor = await watch(redis.port)

    const shown = messageOf(await ana.uses('liked recent'))
    // Once for who she is, once more when Spotify has answered: she may have unlinked elsewhere meanwhile.
    expect(await monitor.seen()).toEqual([`GET links:${ana.id}`, `GET links:${ana.id}`])
    const turned = messageOf(await ana.presses(shown, 'Next'))
    expect(footerOf(turned)).toMatch(/^Page 2 of 312/)
    expect(await monitor.seen()).toEqual([`GET links:${ana.id}`])
    await ana.uses('help')
    expect(await monitor.seen()).toEqual([expect.stringMatching(/^GET registrations:/)])

    monitor.close()
    await world.stop()
    await redis.stop()
  },
)

/** What a Redis is asked, by its own account, without heartbeats, health checks and the gate's records. */
async function watch(port: number) {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  socket.write('MONITOR\r\n')
  await once(socket, 'data')
  return {
    async seen(): Promise<string[]> {
      await sleep(100)
      const commands = [...heard.matchAll(/^\+\S+ \[[^\]]*\] "(\w+)"(?: "([^"]*)")?/gm)]
      heard = ''
      const asked = commands.map(([, command, key = '']) => `${command} ${key.replace('hearsay:record:', '')}`)
      return asked.filter((line) => !/^PING|gate|hearsay:check/.test(line))
    },
    close: () => socket.destroy(),
  }
}
