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
export async function startRedis(settings: string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-redis-'))
  const port = await freePort()
  const start = () => launch(port, folder, settings)
  let server = await start()
  const killServer = () => server.kill('SIGKILL')
  process.once('exit', killServer)

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
      process.off('exit', killServer)
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

async function launch(port: number, folder: string, settings: string[]): Promise<ChildProcess> {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = spawn('redis-server', [...fixed, ...settings], { stdio: 'ignore' })
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

/** Gives a lone server in cluster mode all the slots; it takes two seconds to believe it. */
export async function formCluster(server: RedisServer): Promise<void> {
  await tell(server, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await until('cluster_state:ok', async () => (await tell(server, 'CLUSTER', 'INFO')).includes('cluster_state:ok'))
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
