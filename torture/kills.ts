import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../sandbox/discord/discord.ts'
import { startDiscord } from '../sandbox/discord/start.ts'
import { guild, makeAccounts, people } from '../sandbox/people.ts'
import { startSpotify } from '../sandbox/spotify/start.ts'
import { build } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createHttp } from '../src/http.ts'
import { openStore } from '../src/store/open-store.ts'
import { createMemoryPublisher } from '../test/roundups/memory-publisher.ts'
import { answerConsent, authorizeUrl, redirectUri, verifier } from '../test/sandbox/oauth-client.ts'
import { startRedis } from '../test/store/redis-server.ts'
import { torment, type Ordeals } from './replica.ts'
import { createServers } from './servers.ts'

const wanted = Number(process.argv[2] ?? 200)
if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Error('The number of kills is a whole number, such as 200.')

const processes = ['one', 'two', 'three']
const members = people.filter(({ username }) => ['ana', 'ben', 'chiyo', 'dara', 'fay'].includes(username))
const underWay = 45
// What a dead process has left is taken over within this.
const patience = 150_000
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
const directory = await mkdtemp(join(tmpdir(), 'hearsay-torture-'))
const env = {
  DISCORD_TOKEN: discord.credentials.token,
  DISCORD_CLIENT_ID: discord.credentials.clientId,
  DISCORD_CLIENT_SECRET: discord.credentials.clientSecret,
  DISCORD_API_URL: discord.apiUrl,
  DISCORD_AUTHORIZE_URL: discord.authorizeUrl,
  SPOTIFY_CLIENT_ID: spotify.credentials.clientId,
  SPOTIFY_CLIENT_SECRET: spotify.credentials.clientSecret,
  SPOTIFY_API_URL: spotify.apiUrl,
  SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
  PUBLIC_URL: 'http://127.0.0.1:8888',
  REDIS_URL: redis.url,
  DATA_DIR: directory,
  TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
}
const http = createHttp()
const store = await openStore({ redisUrl: redis.url })
const app = await build(readConfig(env), store, http.send, new Map(), createMemoryPublisher())
for (const { id, username } of members) await link(id, `${username}-spotify`)

const servers = createServers(
  store,
  app,
  discord,
  members.map(({ id }) => id),
)
const zero = { kills: 0, freezes: 0, 'lost posts': 0, 'failed starts': 0, found: 0, 'failed deliveries': 0 }
const ordeals: Ordeals = { ...zero }
const peace = Promise.withResolvers<'peace'>()
const finished = Promise.withResolvers<'finished'>()
const watch = {
  ordeals,
  touched: servers.touched,
  died: servers.died,
  peace: peace.promise,
  finished: finished.promise,
}
const running = processes.map((name) => torment(name, env, watch))
let redisRestarts = 0
const restarting = restartRedis()
await feed()
peace.resolve('peace')
await restarting
for (const end = Date.now() + patience; servers.left() > 0 && Date.now() < end;) {
  await sleep(500)
  await servers.look().catch(() => undefined)
}
finished.resolve('finished')
await Promise.all(running)

const result = servers.judge()
const surprises = discord.surprises.length + spotify.surprises.length
const seconds = Math.round((performance.now() - begun) / 1000)
const counts = { ...ordeals, 'redis restarts': redisRestarts, ...result, surprises, seconds }
for (const [name, number] of Object.entries(counts)) console.log(`${name.padEnd(20)}${String(number).padStart(8)}`)
for (const surprise of [...discord.surprises, ...spotify.surprises].slice(0, 5)) console.log(surprise)
if (result.duplicates + result.missed + surprises > 0 || result['longest takeover'] > patience / 1000)
  process.exitCode = 1

await store.close()
await http.close()
await discord.close()
await spotify.close()
await redis.stop()
await rm(directory, { recursive: true })

/** Makes more due for as long as there are kills to come. */
async function feed(): Promise<void> {
  let said = 0
  while (ordeals.kills < wanted) {
    try {
      await servers.look()
      if (servers.left() < underWay) await servers.open(15)
    } catch {
      // Redis is away.
    }
    if (ordeals.kills >= said + 20) console.log(`${(said = ordeals.kills)} kills, ${servers.opened()} periods`)
    await sleep(200)
  }
}

async function restartRedis(): Promise<void> {
  while (ordeals.kills < wanted) {
    const before = ordeals.kills
    while (ordeals.kills < Math.min(before + 20, wanted)) await sleep(200)
    if (ordeals.kills >= wanted) return
    await redis.kill()
    await sleep(300 + Math.random() * 2_000)
    await redis.restart()
    redisRestarts += 1
  }
}

async function link(person: string, account: string): Promise<void> {
  const back = await answerConsent(authorizeUrl(spotify), 'agree', account)
  const parameters = app.spotify.operator.oauth.validate(back.searchParams, 'a-state')
  await app.accounts.connect(person, { parameters, redirectUri, codeVerifier: verifier, startedAt: Date.now() })
}
