import { setTimeout as sleep } from 'node:timers/promises'
import { openApp } from '../bench/app.ts'
import { atMost, countArgument, exactly, figure, figures, print, type Counts } from '../bench/report.ts'
import type { Channel } from '../sandbox/discord/discord.ts'
import { startDiscord } from '../sandbox/discord/start.ts'
import { guild, makeAccounts, people } from '../sandbox/people.ts'
import { startSpotify } from '../sandbox/spotify/start.ts'
import { environment } from '../sandbox/start.ts'
import { startRedis } from '../test/store/redis-server.ts'
import { linkDirectly } from './crowd.ts'
import { runUnderChaos } from './kills/chaos.ts'
import { createServers } from './kills/servers.ts'

const wanted = countArgument('kills', 200)
const members = people.filter(({ username }) => ['ana', 'ben', 'chiyo', 'dara', 'fay'].includes(username))
const underWay = 45
// What a dead process has left is taken over within this, in seconds.
const patience = 150
const channels = Array.from({ length: 20 * wanted + 200 }, (_, index): Channel => {
  return { id: String(500_000_000_000_000_000n + BigInt(index) * 16n), name: `channel-${index}` }
})

console.log(
  `Three processes over one Redis are killed ${wanted} times while they post roundups. This takes some minutes.\n`,
)
const begun = performance.now()
const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
const discord = await startDiscord({ people, guild, channels })
const spotify = await startSpotify({ accounts: makeAccounts(Date.now()) })
const env = { ...environment(discord, spotify, 8888, ''), REDIS_URL: redis.url, LOG_LEVEL: 'info' }
const { app, close } = await openApp(env)
for (const { id, username } of members) await linkDirectly(app, spotify, id, `${username}-spotify`)

const ids = members.map(({ id }) => id)
const servers = createServers(app, discord, ids)
const counts: Counts & { kills: number } = { kills: 0, freezes: 0, 'redis restarts': 0 }
const calm = Promise.withResolvers<'calm'>()
const finished = Promise.withResolvers<'finished'>()
const { touched, died } = servers
const chaos = { counts, touched, died, calm: calm.promise, finished: finished.promise }
const running = ['one', 'two', 'three'].map((name) => runUnderChaos(name, env, chaos))
const restarting = restartRedis()
await feed()
calm.resolve('calm')
await restarting
for (const end = Date.now() + patience * 1000; servers.left() > 0 && Date.now() < end;) {
  await sleep(500)
  await servers.look().catch(() => undefined)
}
finished.resolve('finished')
await Promise.all(running)

const { duplicates, missed, longestTakeover, ...result } = servers.result()
const surprises = [...discord.surprises, ...spotify.surprises]
print({
  title: 'Roundups through kills',
  note: surprises.slice(0, 5).join('\n'),
  rows: [
    ...figures({ ...counts, ...result }),
    exactly('duplicates', duplicates, 0),
    exactly('missed', missed, 0),
    atMost('longest takeover', longestTakeover, patience, 's'),
    exactly('surprises', surprises.length, 0),
    figure('all of it', (performance.now() - begun) / 1000, 's'),
  ],
})

await close()
await discord.close()
await spotify.close()
await redis.stop()

/** Makes more due for as long as there are kills to come. */
async function feed(): Promise<void> {
  let said = 0
  while (counts.kills < wanted) {
    try {
      await servers.look()
      if (servers.left() < underWay) await servers.makeDue(15)
    } catch {
      // Redis is away.
    }
    if (counts.kills >= said + 20) console.log(`${(said = counts.kills)} kills, ${servers.opened()} periods`)
    await sleep(200)
  }
}

async function restartRedis(): Promise<void> {
  while (counts.kills < wanted) {
    const before = counts.kills
    while (counts.kills < Math.min(before + 20, wanted)) await sleep(200)
    if (counts.kills >= wanted) return
    await redis.kill()
    await sleep(300 + Math.random() * 2_000)
    await redis.restart()
    counts['redis restarts'] = (counts['redis restarts'] ?? 0) + 1
  }
}
