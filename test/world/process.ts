import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '../../sandbox/start.ts'

/** The program as a process of its own, in the environment of a sandbox. */
export interface Program {
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

export function spawnProgram(env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return {
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
export async function startProgram(sandbox: Sandbox, changes: Record<string, string> = {}): Promise<Program> {
  const program = spawnProgram({ ...sandbox.env, ...changes })
  const health = `${sandbox.env['PUBLIC_URL']}/health`
  const giveUpAt = Date.now() + 10_000
  while (Date.now() < giveUpAt) {
    const healthy = await fetch(health).then(
      ({ status }) => status === 200,
      () => false,
    )
    if (healthy && sandbox.discord.online()) return program
    await sleep(50)
  }
  await program.kill()
  throw new Error(`The program did not start:\n${program.output()}`)
}

async function exit(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
