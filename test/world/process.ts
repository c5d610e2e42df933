import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '../../sandbox/start.ts'

/** The program as a process of its own, in the environment of a sandbox. */
export interface Program {
  readonly pid: number | undefined
  /** Everything that it wrote. */
  readonly output: () => string
  /** Ends it without warning. */
  kill(): Promise<void>
  /** SIGSTOP: it does nothing, and knows nothing of it. */
  freeze(): void
  thaw(): void
  /** Asks it to end; its exit code. */
  terminate(): Promise<number | null>
  /** Resolves with the exit code when it has ended by itself. */
  ended(): Promise<number | null>
}

/** What the program may use: `blocks` of 512 bytes is its largest file. */
interface Limits {
  readonly blocks?: number
}

export function spawnProgram(env: Readonly<Record<string, string>>, { blocks }: Limits = {}): Program {
  const start = `ulimit -f ${blocks} && exec "$0" src/main.ts`
  const [command, parameters] =
    blocks === undefined ? [process.execPath, ['src/main.ts']] : ['sh', ['-c', start, process.execPath]]
  const child = spawn(command, parameters, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return {
    pid: child.pid,
    output: () => output,
    async kill() {
      child.kill('SIGKILL')
      await exit(child)
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async terminate() {
      child.kill('SIGTERM')
      return exit(child)
    },
    ended: () => exit(child),
  }
}

/** The program in a sandbox, once it answers commands. */
export async function startProgram(
  sandbox: Pick<Sandbox, 'env' | 'discord'>,
  changes: Record<string, string> = {},
  limits: Limits = {},
): Promise<Program> {
  const env: Record<string, string> = { ...sandbox.env, ...changes }
  const program = spawnProgram(env, limits)
  const health = `http://127.0.0.1:${env['PORT']}/health`
  const giveUpAt = Date.now() + 10_000
  while (Date.now() < giveUpAt) {
    const healthy = await fetch(health).then(
      ({ status }) => status === 200,
      () => false,
    )
    if (healthy && (env['DISCORD_PUBLIC_KEY'] || sandbox.discord.online())) return program
    await sleep(50)
  }
  await program.kill()
  throw new Error(`The program did not start:\n${program.output()}`)
}

async function exit(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
