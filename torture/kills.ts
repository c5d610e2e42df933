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
import { createReminded, makePeople } from './kills/reminders.ts'
import { createServers } from './kills/servers.ts'

const wanted = countArgument('kills', 200)
const members = people.filter(({ username }) => ['ana', 'ben', 'chiyo', 'dara', 'fay'].includes(username))
const underWay = 45
const remindersUnderWay = 12
const reminded = makePeople(4 * wanted + 40)
// What a dead process has left is taken over within this, in seconds.
const patience = 150
const channels = Array.from({ length: 20 * wanted + 200 }, (_, index): Channel => {
  return { id: String(500_000_000_000_000_000n + BigInt(index) * 16n), name: `channel-${index}` }
})

console.log(
  `Three processes over one Redis are killed ${wanted} times while they post roundups and send reminders. This takes some minutes.\n`,
)
const begun = performance.now()
const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
const discord = await startDiscord({ people: [...people, ...reminded], guild, channels })
const spotify = await startSpotify({ accounts: makeAccounts(Date.now()) })
const env = { ...environment(discord, spotify, 8888, ''), REDIS_URL: redis.url, LOG_LEVEL: 'info' }
const { app, close } = await openApp(env)
for (const { id, username } of members) await linkDirectly(app, spotify, id, `${username}-spotify`)

const ids = members.map(({ id }) => id)
const servers = createServers(app, discord, ids)
const reminders = createReminded(app, discord, spotify, reminded)
const both = [servers, reminders]
const counts: Counts & { kills: number } = { kills: 0, freezes: 0, 'redis restarts': 0 }
const calm = Promise.withResolvers<'calm'>()
const finished = Promise.withResolvers<'finished'>()
const chaos = {
  ...{ counts, calm: calm.promise, finished: finished.promise },
  touched: (subject: string, process: string) => both.forEach((one) => one.touched(subject, process)),
  died: (process: string) => both.forEach((one) => one.died(process)),
}
const running = ['one', 'two', 'three'].map((name) => runUnderChaos(name, env, chaos))
const restarting = restartRedis()
await feed()
calm.resolve('calm')
await restarting
for (const end = Date.now() + patience * 1000; left() > 0 && Date.now() < end;) {
  await sleep(500)
  await look().catch(() => undefined)
}
finished.resolve('finished')
await Promise.all(running)

const posts = servers.result()
const messages = reminders.result()
const surprises = [...discord.surprises, ...spotify.surprises]
print({
  title: 'Roundups through kills',
  note: surprises.slice(0, 5).join('\n'),
  rows: [
    ...figures(counts),
    figure('servers', posts.servers),
    figure('weekly periods', posts.weekly.periods),
    exactly('weekly posts', posts.weekly.posts, posts.weekly.periods),
    figure('monthly periods', posts.monthly.periods),
    exactly('monthly posts', posts.monthly.posts, posts.monthly.periods),
    ...verdicts('posts', posts),
    exactly('periods not noted as shown', posts.uncovered, 0),
    figure('reminders due, 14 days before', messages.first.due),
    exactly('sent', messages.first.sent, messages.first.due),
    figure('reminders due, 2 days before', messages.second.due),
    exactly('sent', messages.second.sent, messages.second.due),
    ...verdicts('reminders', messages),
    exactly('surprises', surprises.length, 0),
    figure('all of it', (performance.now() - begun) / 1000, 's'),
  ],
})

await close()
await discord.close()
await spotify.close()
await redis.stop()

function verdicts(
  of: string,
  result: { takeovers: number; duplicates: number; missed: number; others: number; longestTakeover: number },
) {
  return [
    exactly(`${of}: duplicates`, result.duplicates, 0),
    exactly(`${of}: missed`, result.missed, 0),
    exactly(`${of}: of nothing that was due`, result.others, 0),
    figure(`${of}: takeovers`, result.takeovers),
    atMost(`${of}: longest takeover`, result.longestTakeover, patience, 's'),
  ]
}

function left(): number {
  return servers.left() + reminders.left()
}

async function look(): Promise<void> {
  await servers.look()
  await reminders.look()
}

/** Makes more due for as long as there are kills to come. */
async function feed(): Promise<void> {
  let said = 0
  while (counts.kills < wanted) {
    try {
      await look()
      if (servers.left() < underWay) await servers.makeDue(6)
      if (reminders.left() < remindersUnderWay) await reminders.makeDue(2)
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
