import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { skippedWithout } from './installed.ts'
import { notePrinted } from './printed.ts'
import { endWithTest, untilItEnds } from './process.ts'

/** Whether tests that need a pseudo terminal are left out: never where everything has to run. */
export function withoutTerminal(): boolean {
  return skippedWithout('script')
}

/** Somebody at a terminal in which a program runs. */
export interface Person {
  /** Waits until this has appeared after what was last waited for; a question, as a rule. */
  sees(words: string | RegExp): Promise<string>
  /** Types it and presses Enter. */
  enters(text: string): void
  /** Just these keys, such as Ctrl+C. */
  presses(keys: string): void
  /** Everything on the screen so far. */
  screen(): string
  /** The exit code, when it has ended. */
  ended(): Promise<number | null>
  /** A signal from elsewhere, to the program and not to its group. */
  signals(signal: NodeJS.Signals): void
}

/**
 * Runs a command of the shell in a pseudo terminal, by util-linux's `script`. Like any terminal it echoes what is typed
 * unless the program asks it not to.
 */
export function atTerminal(command: string, directory: string, env: Readonly<Record<string, string>> = {}): Person {
  const pid = join(tmpdir(), `hearsay-terminal-${randomUUID()}`)
  const child = spawn('script', ['-qefc', `echo $$ >${pid}; exec ${command}`, '--echo', 'always', '/dev/null'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], SHELL: '/bin/sh', TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  let seen = 0
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  endWithTest(() => void child.kill('SIGKILL'), closed)
  void closed.finally(() => rmSync(pid))
  notePrinted(() => output)
  const until = untilItEnds(
    () => child.exitCode,
    () => output,
  )
  return {
    sees: (words) =>
      until(`"${words}" on the screen`, () => {
        const rest = output.slice(seen)
        const found = typeof words === 'string' ? rest.indexOf(words) : rest.search(words)
        if (found < 0) return undefined
        const length = typeof words === 'string' ? words.length : (words.exec(rest)?.[0].length ?? 0)
        const text = rest.slice(0, found + length)
        seen += found + length
        return text
      }),
    enters: (text) => child.stdin.write(`${text}\r`),
    presses: (keys) => child.stdin.write(keys),
    screen: () => output,
    ended: () => closed,
    signals: (signal) => process.kill(Number(readFileSync(pid, 'utf8')), signal),
  }
}
