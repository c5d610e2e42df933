import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A process of its own, which is asked and answers with JSON. */
export interface Running {
  readonly pid: number
  /** When it was started, in milliseconds since the epoch. */
  readonly startedAt: number
  /** The next thing that it says by itself, or its answer to a question. Rejects when it ends instead. */
  ask<Answer>(question?: object): Promise<Answer>
  /** Resident memory at this moment, in bytes, as the system counts it. */
  resident(): number
  stop(): Promise<void>
}

export interface Start {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** @param script by its path in the project */
export function start(script: string, { flags = [], env = {}, args = [] }: Start = {}): Running {
  const startedAt = performance.timeOrigin + performance.now()
  const child = fork(`${root}${script}`, args, {
    cwd: root,
    execArgv: [...flags],
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)))
  const waiting: { resolve(answer: never): void; reject(error: Error): void }[] = []
  const heard: unknown[] = []
  child.on('message', (message) => {
    const first = waiting.shift()
    if (first) first.resolve(message as never)
    else heard.push(message)
  })
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${script} has ended: ${said}`))
  })

  return {
    pid: child.pid ?? 0,
    startedAt,
    ask<Answer>(question?: object) {
      if (question) child.send(question)
      return new Promise<Answer>((resolve, reject) => {
        if (heard.length > 0) resolve(heard.shift() as Answer)
        else if (child.exitCode === null) waiting.push({ resolve, reject })
        else reject(new Error(`${script} has ended: ${said}`))
      })
    },
    resident: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill()
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000)
      await once(child, 'exit')
      clearTimeout(hard)
    },
  }
}

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: { start: string } }
const [, options = ''] = /node (.*)tools\/run\.mjs/.exec(scripts.start) ?? []

/** The program, or a part of it, the way `npm start` starts it. */
export function startOurs(script: string, { flags = [], args = [], ...rest }: Start = {}): Running {
  const own = options.split(' ').filter(Boolean)
  return start('tools/run.mjs', { flags: [...own, ...flags], args: [script, ...args], ...rest })
}

/** Runs a contestant that tells one result, in a fresh process. */
export async function runFresh<Result>(script: string, input: object, options: Start = {}): Promise<Result> {
  const begin = script.endsWith('.ts') ? startOurs : start
  const running = begin(script, { ...options, args: [JSON.stringify(input)] })
  try {
    return await running.ask<Result>()
  } finally {
    await running.stop()
  }
}
