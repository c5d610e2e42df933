import { redisInstalled, startRedis } from '../../test/store/redis-server.ts'
import { called, line, startCaller, wrongs, type Calls, type Shown } from '../measure/calling.ts'
import { startDiscord } from '../measure/discord.ts'
import { atLeast, exactly, ratio, type Subject } from '../measure/figures.ts'
import { makeHome } from '../measure/program.ts'
import { inTurns } from '../measure/rounds.ts'
import { startSpotify } from '../measure/spotify.ts'

const people = 32
const rounds = 5
const pages = { kind: 'next', count: 8_000, beforehand: 8_000, forged: 0 } as const
const hits = { kind: 'next', count: 4_000, beforehand: 4_000, forged: 0 } as const

/** Two replicas against one, over one Redis. */
export const replicas: Subject = {
  name: 'replicas',
  async run() {
    if (!redisInstalled()) return []
    const [discord, spotify, redis] = [await startDiscord(), await startSpotify(), await startRedis()]
    const { caller, publicKey } = await startCaller()
    const keys = { TOKEN_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`, REDIS_URL: redis.url }
    const open = () => makeHome(discord.apiUrl, spotify, { people, env: { DISCORD_PUBLIC_KEY: publicKey, ...keys } })
    const homes = [await open(), await open()]
    const by = (count: number, shown: Shown, calls: Calls) => () => called(caller, homes.slice(0, count), shown, calls)
    const search = { people: 4, query: 'e' }
    try {
      const found = await inTurns(rounds, {
        onePaging: by(1, { people }, pages),
        twoPaging: by(2, { people }, pages),
        oneSearching: by(1, search, hits),
        twoSearching: by(2, search, hits),
      })
      const one = line('one replica: a page of a search turned', found.oneSearching)
      const two = line('two replicas: a page of a search turned', found.twoSearching)
      const single = line('one replica: a page turned', found.onePaging)
      const both = line('two replicas: a page turned', found.twoPaging)
      return [
        {
          title: 'Two replicas that share one Redis, 32 connections in all',
          note:
            'Caller, Redis and both replicas share the cores of this machine, and so do what checks signatures and what ' +
            'collects garbage, which one replica leaves to the other core. What a replica adds shows where an answer ' +
            'takes work: hits among 10,000 songs. Where it takes little, both cores are busy with one already.',
          lines: [one, two, single, both],
          checks: [
            atLeast('of one replica’s rate, searching', ratio(two, one), 1.6),
            exactly('answers other than 200', wrongs(Object.values(found).flat()), 0),
          ],
        },
      ]
    } finally {
      await Promise.all([discord.stop(), spotify.stop(), caller.stop()])
      for (const home of homes) await home.remove()
      await redis.stop()
    }
  },
}
