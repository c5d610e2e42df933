import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../sandbox/free-port.ts'
import { installed, skippedWithout } from '../world/installed.ts'
import { until } from '../world/until.ts'

/** A real redis-server on loopback that keeps nothing on disk. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Ends it and removes its folder. */
  stop(): Promise<void>
  /** SIGKILL: gone without a word. */
  kill(): Promise<void>
  /** SIGSTOP: connections stay, answers don't come. */
  freeze(): void
  thaw(): void
  /** The same port again, with nothing in it. */
  restart(): Promise<void>
}

export function redisInstalled(): boolean {
  return installed('redis-server') !== undefined
}

/** Whether tests that need one are left out: never where everything has to run. */
export function withoutRedis(): boolean {
  return skippedWithout('redis-server')
}

/** `settings` are further arguments, as in `['--requirepass', 'secret']`. */
export async function startRedis(settings: string[] = [], sentinelFile?: string): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-redis-'))
  const port = await freePort()
  const start = () => launch(port, folder, settings, sentinelFile)
  let server = await start()
  const killServer = () => server.kill('SIGKILL')
  if (running.size === 0) process.on('exit', killAll)
  running.add(killServer)

  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    killServer()
    await gone
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async stop() {
      await kill()
      running.delete(killServer)
      if (running.size === 0) process.off('exit', killAll)
      rmSync(folder, { recursive: true, force: true })
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async restart() {
      await kill()
      server = await start()
    },
  }
}

const running = new Set<() => void>()

function killAll(): void {
  for (const killServer of running) killServer()
}

/** The same with a second port that speaks TLS. `further` are settings too. */
export async function startTlsRedis(
  certificate: { readonly cert: string; readonly key: string },
  further: string[] = [],
): Promise<RedisServer & { readonly tlsPort: number; readonly tlsUrl: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-redis-tls-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(cert, certificate.cert)
  writeFileSync(key, certificate.key)
  const tlsPort = await freePort()
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
  const settings = ['--tls-port', String(tlsPort), ...files, '--tls-auth-clients', 'no', ...further]
  const server = await startRedis(settings)
  return {
    ...server,
    tlsPort,
    tlsUrl: `rediss://127.0.0.1:${tlsPort}`,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(port: number, folder: string, settings: string[], sentinelFile?: string): Promise<ChildProcess> {
  const listens = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const mode = sentinelFile === undefined ? ['--save', '', '--appendonly', 'no'] : ['--sentinel']
  const server = spawn('redis-server', [...(sentinelFile ? [sentinelFile] : []), ...listens, ...mode, ...settings], {
    stdio: 'ignore',
  })
  let failure = ''
  server.once('error', (error) => (failure = error.message))
  server.once('exit', (code) => (failure ||= `redis-server ended at once with ${code}.`))
  await until(`an answer of redis-server at port ${port}`, () => {
    if (failure) throw new Error(failure)
    return answers(port)
  })
  return server
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [answer] = await once(socket, 'data')
    return /^(\+PONG|-NOAUTH)/.test(String(answer))
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Says something to the server in plain words, as redis-cli would, and returns its first line. */
export async function tell(server: RedisServer, ...words: string[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(commandOf(words))
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return String(answer).trim()
}

/** The answer however long it is, as bytes. */
export async function tellAll(server: RedisServer, ...words: string[]): Promise<Buffer> {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(commandOf(words) + commandOf(['QUIT']))
  const answers = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>))
  return answers.subarray(0, -'+OK\r\n'.length)
}

function commandOf(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return `*${words.length}\r\n${parts.join('')}`
}

/** Gives servers in cluster mode the slots, each its part; they take two seconds to believe it. */
export async function formCluster(...servers: RedisServer[]): Promise<void> {
  const [first, ...others] = servers
  if (!first) return
  const slots = 16_384 / servers.length
  for (const [index, server] of servers.entries()) {
    const [from, to] = [Math.ceil(slots * index), Math.ceil(slots * (index + 1)) - 1]
    await tell(server, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to))
  }
  for (const { port } of others) await tell(first, 'CLUSTER', 'MEET', '127.0.0.1', String(port))
  for (const server of servers)
    await until('a whole cluster', async () => {
      const info = await tell(server, 'CLUSTER', 'INFO')
      return info.includes('cluster_state:ok') && info.includes(`cluster_size:${servers.length}\r`)
    })
}

/** A master, a replica of it, and a Sentinel that calls the master `mymaster`; what it names is what a client gets. */
export interface SentinelSetup {
  readonly servers: readonly [RedisServer, RedisServer]
  readonly sentinel: RedisServer
  readonly url: string
  /** Has the Sentinel make the replica the master. The other one takes changes for ten seconds more. */
  failOver(): Promise<void>
  stop(): Promise<void>
}

/** `downAfter`: how long a master is silent before the Sentinel makes another one, in milliseconds. */
export async function startSentinels(downAfter = 600_000): Promise<SentinelSetup> {
  const settings = ['--repl-diskless-sync-delay', '0']
  const servers = [await startRedis(settings), await startRedis(settings)] as const
  const [master, replica] = servers
  await tell(replica, 'REPLICAOF', '127.0.0.1', String(master.port))
  await until('a replica in step', async () =>
    (await tell(replica, 'INFO', 'replication')).includes('master_link_status:up'),
  )
  const sentinel = await startSentinel([
    `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
    `sentinel down-after-milliseconds mymaster ${downAfter}`,
    'sentinel failover-timeout mymaster 5000',
  ])
  const named = () => tell(sentinel, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')
  const replicas = () => tell(sentinel, 'SENTINEL', 'REPLICAS', 'mymaster')
  await until('a Sentinel that knows the replica', async () => /master-link-status\r\n\$2\r\nok/.test(await replicas()))
  return {
    servers,
    sentinel,
    url: `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/mymaster`,
    async failOver() {
      const before = await named()
      await until('a failover', async () => {
        await tell(sentinel, 'SENTINEL', 'FAILOVER', 'mymaster')
        return (await named()) !== before
      })
    },
    async stop() {
      for (const server of [sentinel, ...servers]) await server.stop()
    },
  }
}

/** A Sentinel with these lines in its file, which it writes to. */
export async function startSentinel(lines: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const server = await startRedis([], file)
  return {
    ...server,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** As on a disk that cannot be written: a snapshot fails, and after that Redis refuses every change (MISCONF). */
export async function refuseChanges(server: RedisServer): Promise<void> {
  mkdirSync(await snapshotOf(server), { recursive: true })
  await tell(server, 'CONFIG', 'SET', 'save', '3600 1')
  await until('a snapshot that fails', async () => {
    await tell(server, 'BGSAVE')
    return (await tell(server, 'DEL', 'nothing')).startsWith('-MISCONF')
  })
}

/** Ends what `refuseChanges` began. */
export async function takeChanges(server: RedisServer): Promise<void> {
  await tell(server, 'CONFIG', 'SET', 'save', '')
  rmSync(await snapshotOf(server), { recursive: true, force: true })
}

async function snapshotOf(server: RedisServer): Promise<string> {
  const folder = (await tell(server, 'CONFIG', 'GET', 'dir')).split('\r\n').at(-1) ?? ''
  return join(folder, 'dump.rdb')
}
