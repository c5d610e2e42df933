import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

interface ScriptOptions {
  readonly cwd?: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Words before those of Node.js, such as those of a program that takes rights away. */
  readonly under?: readonly string[]
}

/** Runs a script with this Node.js until it ends, or the test does; its exit code, and what it printed on both streams. */
export async function runScript(words: readonly string[], { under = [], ...options }: ScriptOptions) {
  const [command = '', ...parameters] = [...under, process.execPath, ...words]
  const child = spawn(command, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await once(child, 'close')
  return { code: child.exitCode, said }
}
