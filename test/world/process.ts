import { spawn, type ChildProcess } from 'node:child_process'
import type { Sandbox } from '../../sandbox/start.ts'
import { notePrinted } from './printed.ts'
import { until } from './until.ts'

/** The program as a process of its own, in the environment of a sandbox. */
export interface Program {
  readonly pid: number | undefined
  /** Everything that it wrote. */
  readonly output: () => string
  /** Waits for something that it brings about. Rejects at once when it ends before that, with its output. */
  until: typeof until
  /** Waits in this way until it has printed a line with that in it; the line. */
  prints(words: string): Promise<string>
  /** Ends it without warning. */
  kill(): Promise<void>
  /** SIGSTOP: it does nothing, and knows nothing of it. */
  freeze(): void
  thaw(): void
  /** Asks it to end; its exit code. */
  terminate(): Promise<number | null>
  /** Resolves with the exit code when it has ended by itself and all of its output has been read. */
  ended(): Promise<number | null>
}

/** What the program may use: `blocks` of 512 bytes is its largest file, `files` how many it may open at a time. */
interface Limits {
  readonly blocks?: number
  readonly files?: number
}

const running = new Set<ChildProcess>()

/** Ends what tests that failed have left. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL')
}

function endWithPrograms(): void {
  killPrograms()
  process.kill(process.pid, 'SIGTERM')
}

export function spawnProgram(env: Readonly<Record<string, string>>, { blocks, files }: Limits = {}): Program {
  const limits = `ulimit -f ${blocks ?? 'unlimited'} && ulimit -n ${files ?? '$(ulimit -n)'}`
  const start = ['-c', `${limits} && exec "$0" src/main.ts`, process.execPath]
  const isFree = blocks === undefined && files === undefined
  const [command, parameters] = isFree ? [process.execPath, ['src/main.ts']] : ['sh', start]
  const child = spawn(command, parameters, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // So vitest ends a worker; once is enough for all of them.
  process.off('SIGTERM', endWithPrograms).once('SIGTERM', endWithPrograms)
  running.add(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  let isOver = false
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      isOver = true
      running.delete(child)
      resolve(code)
    })
  })
  notePrinted(() => output)
  const untilItEnds: Program['until'] = (what, look) =>
    until(what, async () => {
      const wasOver = isOver
      const found = await look()
      if (wasOver && !found) throw new Error(`The program ended with ${child.exitCode} before ${what}:\n${output}`)
      return found
    })
  return {
    pid: child.pid,
    output: () => output,
    until: untilItEnds,
    prints: (words) =>
      untilItEnds(`the line "${words}"`, () => output.split('\n').find((text) => text.includes(words))),
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async terminate() {
      child.kill('SIGTERM')
      return closed
    },
    ended: () => closed,
  }
}

/** The program in a sandbox, once it answers commands. Rejects at once when it ends before that, with its output. */
export async function startProgram(
  sandbox: Pick<Sandbox, 'env' | 'discord'>,
  changes: Record<string, string> = {},
  limits: Limits = {},
): Promise<Program> {
  const env: Record<string, string> = { ...sandbox.env, ...changes }
  const program = spawnProgram(env, limits)
  const health = `http://127.0.0.1:${env['PORT']}/health`
  try {
    await program.until(`an answer of 200 from ${health}`, async () => {
      const healthy = await fetch(health).then(
        ({ status }) => status === 200,
        () => false,
      )
      return healthy && (env['DISCORD_PUBLIC_KEY'] !== undefined || sandbox.discord.online())
    })
    return program
  } catch (error) {
    await program.kill()
    throw error
  }
}
