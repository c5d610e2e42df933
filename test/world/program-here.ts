import { symbols } from 'pino'
import type { Sandbox } from '../../sandbox/start.ts'
import { run } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { isOfFarSide } from '../../src/connection-messages.ts'
import { startupMessage } from '../../src/error-messages.ts'
import { createLog } from '../../src/log.ts'
import { notePrinted } from './printed.ts'
import { endWithTest, untilHealthy, untilItEnds, type Program } from './process.ts'

/** What can be done with the program where it is no process of its own. */
type ProgramHere = Pick<Program, 'output' | 'until' | 'prints' | 'terminate' | 'ended'>

/**
 * The program within this process, with its real log. A process of its own takes half a second of processor time to
 * start; what needs one dies without warning, is frozen, meets limits, or is about `src/main.ts` itself.
 */
export function runProgram(env: Readonly<Record<string, string>>): ProgramHere {
  const stop = new AbortController()
  let output = ''
  let code: number | null = null
  notePrinted(() => output)
  const closed = goOn().then((ended) => (code = ended))
  endWithTest(() => stop.abort(), closed)
  const until = untilItEnds(
    () => code,
    () => output,
  )
  return {
    output: () => output,
    until,
    prints: (words) => until(`the line "${words}"`, () => output.split('\n').find((text) => text.includes(words))),
    async terminate() {
      stop.abort()
      return closed
    },
    ended: () => closed,
  }

  async function goOn(): Promise<number> {
    const log = createLog(env['LOG_LEVEL'] ?? 'info', isOfFarSide)
    Object.assign(log, { [symbols.streamSym]: { write: (line: string) => (output += line) } })
    try {
      const config = readConfig(env)
      for (const warning of config.warnings) log.warn(warning)
      await run(config, log, stop.signal)
      return 0
    } catch (error) {
      const sentence = startupMessage(error)
      if (sentence) output += `${sentence}\n`
      else log.fatal({ err: error }, 'Unforeseen')
      return 1
    }
  }
}

/** The same in a sandbox, once it answers commands. Rejects at once when it ends before that, with its output. */
export async function runInSandbox(
  sandbox: Pick<Sandbox, 'env' | 'discord'>,
  changes: Record<string, string> = {},
): Promise<ProgramHere> {
  const env: Record<string, string> = { ...sandbox.env, ...changes }
  const program = runProgram(env)
  try {
    await untilHealthy(program, env, sandbox)
    return program
  } catch (error) {
    await program.terminate()
    throw error
  }
}
