import { spawn } from 'node:child_process'
import type { Sandbox } from '../../sandbox/start.ts'
import { notePrinted } from './printed.ts'
import { until as untilThere } from './until.ts'

/** The program as a process of its own, in the environment of a sandbox. */
export interface Program {
  readonly pid: number | undefined
  /** Everything that it wrote. */
  readonly output: () => string
  /** Waits for something that it brings about. Rejects at once when it ends before that, with its output. */
  until: typeof untilThere
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

/** How each program that runs is ended. */
const running = new Set<() => void>()

/** Ends what tests that failed have left. */
export function killPrograms(): void {
  for (const end of running) end()
}

/** Has a test that failed end what it has left, unless that is over. */
export function endWithTest(end: () => void, over: Promise<unknown>): void {
  running.add(end)
  void over.finally(() => running.delete(end))
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
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  let isOver = false
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      isOver = true
      resolve(code)
    })
  })
  endWithTest(() => void child.kill('SIGKILL'), closed)
  notePrinted(() => output)
  const until = untilItEnds(
    () => (isOver ? (child.exitCode ?? child.signalCode) : null),
    () => output,
  )
  return {
    pid: child.pid,
    output: () => output,
    until,
    prints: (words) => until(`the line "${words}"`, () => output.split('\n').find((text) => text.includes(words))),
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

/** Waits for what a program brings about; `code` is what it has ended with, or null. */
export function untilItEnds(code: () => number | string | null, output: () => string): typeof untilThere {
  return (what, look) =>
    untilThere(what, async () => {
      const ended = code()
      const found = await look()
      if (ended !== null && !found) throw new Error(`The program ended with ${ended} before ${what}:\n${output()}`)
      return found
    })
}

/** Until a program that was started in that environment answers commands. */
export async function untilHealthy(
  program: Pick<Program, 'until'>,
  env: Readonly<Record<string, string>>,
  { discord }: Pick<Sandbox, 'discord'>,
): Promise<void> {
  const health = `http://127.0.0.1:${env['PORT']}/health`
  await program.until(`an answer of 200 from ${health}`, async () => {
    const healthy = await fetch(health).then(
      ({ status }) => status === 200,
      () => false,
    )
    return healthy && (env['DISCORD_PUBLIC_KEY'] !== undefined || discord.online())
  })
}

/** The program in a sandbox, once it answers commands. Rejects at once when it ends before that, with its output. */
export async function startProgram(
  sandbox: Pick<Sandbox, 'env' | 'discord'>,
  changes: Record<string, string> = {},
  limits: Limits = {},
): Promise<Program> {
  const env: Record<string, string> = { ...sandbox.env, ...changes }
  const program = spawnProgram(env, limits)
  try {
    await untilHealthy(program, env, sandbox)
    return program
  } catch (error) {
    await program.kill()
    throw error
  }
}
