import { setTimeout as sleep } from 'node:timers/promises'
import { openApp } from '../bench/app.ts'
import { add, countArgument, exactly, figure, figures, print, type Counts } from '../bench/report.ts'
import type { Message, Outcome } from '../sandbox/discord/discord.ts'
import { startDiscord } from '../sandbox/discord/start.ts'
import { freePort } from '../sandbox/free-port.ts'
import { channels, guild, makeAccounts, people } from '../sandbox/people.ts'
import { startSpotify } from '../sandbox/spotify/start.ts'
import { environment } from '../sandbox/start.ts'
import { startRedis } from '../test/store/redis-server.ts'
import { startProgram, type Program } from '../test/world/process.ts'
import { linkDirectly } from './crowd.ts'
import { balancers, canSendAgain, hasBalancer, startBalancer, type BalancerName } from './handover/balancers.ts'

const rounds = countArgument('hand-overs', 40)
const named = balancers.filter((name) => process.argv.slice(3).includes(name) || process.argv.length < 4)
const there = named.filter(hasBalancer)
if (there.length === 0) throw new Error('This needs nginx or caddy on the PATH.')

// A person presses on when an answer is there; so many do.
const pressing = 6
const pause = 150
// Between one hand-over and the next, so that they are not one.
const calm = 700

const tooOld = 'This Caddy cannot send a POST to a second replica; 2.11.4 does.'

console.log(
  `Two replicas behind ${there.join(' and then ')} are stopped, killed and started, ${rounds} times, while people go on pressing.\n`,
)
for (const name of there) await handOver(name)

async function handOver(name: BalancerName): Promise<void> {
  await using ends = new AsyncDisposableStack()
  const redis = ends.adopt(await startRedis(), ({ stop }) => stop())
  const discord = ends.adopt(await startDiscord({ people, guild, channels }), ({ close }) => close())
  const spotify = ends.adopt(await startSpotify({ accounts: makeAccounts(Date.now()) }), ({ close }) => close())
  const ports = [await freePort(), await freePort()]
  const env: Record<string, string> = {
    ...environment(discord, spotify, ports[0] ?? 0, ''),
    ...{ REDIS_URL: redis.url, DISCORD_PUBLIC_KEY: discord.publicKey, TRUST_PROXY: '1', LOG_LEVEL: 'error' },
  }
  const { app, close } = await openApp(env)
  const pressers = people.slice(0, pressing)
  for (const { id } of pressers) await linkDirectly(app, spotify, id, 'ana-spotify')
  await close()
  const start = (port: number) => startProgram({ env, discord }, { PORT: String(port) })
  const replicas: Program[] = []
  for (const port of ports) replicas.push(await start(port))
  ends.defer(async () => void (await Promise.all(replicas.map((replica) => replica.kill()))))
  const balancer = ends.adopt(await startBalancer(name, ports), ({ stop }) => stop())
  await discord.deliverTo([`${balancer.url}/interactions`])

  const counts: Counts = { presses: 0, changes: 0, 'changes of which nobody knows': 0 }
  const lost: Counts = { 'around kills': 0, otherwise: 0 }
  const events = ['start']
  const over = new AbortController()
  const pressed = pressers.map(({ id }, index) => press(id, index))
  for (let round = 0; round < rounds; round += 1) {
    const which = round % 2
    const replica = replicas[which]
    const port = ports[which]
    if (!replica || port === undefined) break
    const event = round % 4 < 2 ? 'stop' : 'kill'
    add(counts, `${event}s`)
    events.push(event)
    await (event === 'stop' ? replica.terminate() : replica.kill())
    await sleep(calm)
    events.push('start')
    replicas[which] = await start(port)
    await sleep(calm)
  }
  over.abort()
  await Promise.all(pressed)
  const [aroundKills = 0, otherwise = 0] = Object.values(lost)
  const sendsAgain = canSendAgain(name)
  const rows = [...figures(counts), exactly('lost around stops and starts', otherwise, 0)]
  const row = sendsAgain ? exactly('lost around kills', aroundKills, 0) : figure('lost around kills', aroundKills)
  print({ title: `Hand-overs behind ${name}`, rows: [...rows, row], ...(!sendsAgain && { note: tooOld }) })
  if (process.exitCode === 1) console.log(balancer.said().split('\n').slice(-20).join('\n'))

  /** Turns pages, and changes something now and then. */
  async function press(person: string, index: number): Promise<void> {
    const channel = channels[index % channels.length]?.id ?? ''
    let shown: Message | undefined
    for (let number = 0; !over.signal.aborted; number += 1) {
      const isChange = number % 5 === 4
      add(counts, isChange ? 'changes' : 'presses')
      const before = events.length - 1
      const outcome = await (isChange
        ? discord.use(person, channel, 'account reminders')
        : shown
          ? discord.press(person, shown.id, 'Next')
          : discord.use(person, channel, 'liked recent', { private: true }))
      judge(outcome, events.slice(before))
      shown = !isChange && 'message' in outcome && number % 20 < 17 ? outcome.message : isChange ? shown : undefined
      await sleep(pause)
    }
  }

  function judge(outcome: Outcome, around: readonly string[]): void {
    const isAnswered = outcome.kind !== 'failed' && !('message' in outcome && outcome.message.thinking)
    if ('message' in outcome && outcome.message.content.startsWith('I was interrupted'))
      add(counts, 'changes of which nobody knows')
    if (!isAnswered) add(lost, around.includes('kill') ? 'around kills' : 'otherwise')
  }
}
