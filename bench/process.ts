import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface StartOptions {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** A copy of the project that is started in its place, with a slash at its end. */
  readonly project?: string
}

/** A process of its own, which is asked and answers with JSON. */
export type Running = ReturnType<typeof start>

const root = fileURLToPath(new URL('../', import.meta.url))

/** @param script by its path in the project */
export function start(script: string, { flags = [], env = {}, args = [], project = root }: StartOptions = {}) {
  /** In milliseconds since the epoch. */
  const startedAt = performance.timeOrigin + performance.now()
  const child = fork(`${project}${script}`, args, {
    cwd: project,
    execArgv: [...flags],
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4000)))
  const questions: PromiseWithResolvers<unknown>[] = []
  const answers: unknown[] = []
  child.on('message', (message) => {
    const first = questions.shift()
    if (first) first.resolve(message)
    else answers.push(message)
  })
  let isOver = false
  const ended = end()

  return { child, startedAt, ask, resident, stop }

  /** The next thing that it says by itself, or its answer to a question. Rejects when it ends instead. */
  async function ask<Answer>(question?: object): Promise<Answer> {
    if (question) child.send(question)
    if (answers.length > 0) return answers.shift() as Answer
    if (isOver) throw failure()
    const asked = Promise.withResolvers<unknown>()
    questions.push(asked)
    return asked.promise as Promise<Answer>
  }

  /** Resident memory at this moment, in bytes, as the system counts it. */
  function resident(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024
  }

  async function end(): Promise<void> {
    // The last that it says may arrive after it has ended.
    await Promise.all(['close', 'disconnect'].map((event) => new Promise((done) => child.once(event, done))))
    isOver = true
    for (const { reject } of questions.splice(0)) reject(failure())
  }

  async function stop(): Promise<void> {
    child.kill()
    const hard = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(hard)
  }

  function failure(): Error {
    return new Error(`${script} has ended with ${child.exitCode ?? child.signalCode}: ${complaints}`)
  }
}

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: { start: string } }
const [, options = ''] = /node (.*)tools\/run\.mjs/.exec(scripts.start) ?? []

/** The program, or a part of it, the way `npm start` starts it. */
export function startOurs(script: string, { flags = [], args = [], ...rest }: StartOptions = {}): Running {
  const own = options.split(' ').filter(Boolean)
  return start('tools/run.mjs', { flags: [...own, ...flags], args: [script, ...args], ...rest })
}

/** Runs a competitor that tells one result, in a fresh process. */
export async function runFresh<Result>(script: string, input: object, options: StartOptions = {}): Promise<Result> {
  const begin = script.endsWith('.ts') ? startOurs : start
  const running = begin(script, { ...options, args: [JSON.stringify(input)] })
  try {
    return await running.ask<Result>()
  } finally {
    await running.stop()
  }
}

/** One competitor after the other, and again: whatever else the machine does meanwhile meets all of them alike. */
export async function inTurns<Name extends string, Result>(
  rounds: number,
  competitors: Record<Name, () => Promise<Result>>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(competitors) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results[name].push(await competitors[name]())
  }
  return results
}
