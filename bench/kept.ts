// What stays in the heap of every interaction: the whole program in a process of its own, 20,000 people, each once.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FakeDiscord } from '../sandbox/discord/discord.ts'
import { startDiscord } from '../sandbox/discord/start.ts'
import { freePort } from '../sandbox/free-port.ts'

const people = 20_000
const warmUp = 2_000
const atOnce = 32
const first = 175_928_847_299_000_000n

const probe = `process.on('SIGUSR2', () => { gc(); gc(); console.log('heap ' + process.memoryUsage().heapUsed) })`
const idOf = (index: number): string => String(first + BigInt(index))
const channel = { id: '1180000000000000101', name: 'music' }

for (const way of ['gateway', 'http'] as const) {
  const grown = await weigh(way)
  console.log(`${way.padEnd(8)} ${(grown / 1024 / people).toFixed(4)} kB kept per interaction`)
}

/** By how many bytes the heap has grown over all interactions. */
async function weigh(way: 'gateway' | 'http'): Promise<number> {
  const discord = await startDiscord({
    people: Array.from({ length: people + warmUp }, (_, index) => ({
      id: idOf(index),
      username: `person${index}`,
      displayName: `Person ${index}`,
      color: '#777',
    })),
    channels: [channel],
    guild: { id: '1180000000000000100', name: 'Everybody' },
  })
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-kept-'))
  const port = await freePort()
  const program = spawn(
    process.execPath,
    ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(probe)}`, 'src/main.ts'],
    { env: environment(discord, way, port, directory), stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    await healthy(port)
    if (way === 'http') await discord.deliverTo([`http://127.0.0.1:${port}/interactions`])
    const heap = async (): Promise<number> => {
      // What waits for a sweep is not kept.
      await sleep(20_000)
      program.kill('SIGUSR2')
      const [line] = (await once(program.stdout, 'data')) as [Buffer]
      return Number(/heap (\d+)/.exec(line.toString())?.[1])
    }
    await interact(discord, 0, warmUp)
    const before = await heap()
    await interact(discord, warmUp, warmUp + people)
    return (await heap()) - before
  } finally {
    program.kill()
    await once(program, 'exit')
    await discord.close()
    rmSync(directory, { recursive: true })
  }
}

/** Every person does one thing; what that is goes round. */
async function interact(discord: FakeDiscord, from: number, to: number): Promise<void> {
  let next = from
  const worker = async (): Promise<void> => {
    while (next < to) {
      const index = next++
      const outcome =
        index % 3 === 0
          ? await discord.use(idOf(index), channel.id, 'help')
          : index % 3 === 1
            ? await discord.use(idOf(index), channel.id, 'account status')
            : await discord.use(idOf(index), channel.id, 'liked recent', { member: idOf(index - 1) })
      if (outcome.kind !== 'message') console.error(`Person ${index} got ${JSON.stringify(outcome)}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

async function healthy(port: number): Promise<void> {
  const status = () => fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.status)
  while ((await status().catch(() => 0)) !== 200) await sleep(50)
}

function environment(discord: FakeDiscord, way: 'gateway' | 'http', port: number, directory: string) {
  return {
    DISCORD_TOKEN: discord.credentials.token,
    DISCORD_CLIENT_ID: discord.credentials.clientId,
    DISCORD_CLIENT_SECRET: discord.credentials.clientSecret,
    ...(way === 'http' && { DISCORD_PUBLIC_KEY: discord.publicKey }),
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_AUTHORIZE_URL: discord.authorizeUrl,
    SPOTIFY_CLIENT_ID: 'nobody',
    SPOTIFY_CLIENT_SECRET: 'asks',
    SPOTIFY_API_URL: 'http://127.0.0.1:9/v1',
    SPOTIFY_ACCOUNTS_URL: 'http://127.0.0.1:9',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    DATA_DIR: directory,
    LOG_LEVEL: 'fatal',
  }
}
