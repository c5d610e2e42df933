import { add } from './tally.ts'

/** What the program has said. */
export interface Heard {
  /** Lines at error and above, by what they say and the failure behind it. */
  readonly errors: ReadonlyMap<string, number>
  readonly warnings: ReadonlyMap<string, number>
  /** Failures that nobody caught, which end the process. */
  readonly uncaught: number
  /** What Node itself complains about, such as too many listeners. */
  readonly complaints: readonly string[]
  /** What it wrote after the first failure that nobody caught. */
  readonly lastWords: string
}

const error = 50

/** `output`: everything that a process under the collector wrote. */
export function hear(output: string): Heard {
  const errors = new Map<string, number>()
  const warnings = new Map<string, number>()
  const complaints: string[] = []
  let uncaught = 0
  for (const line of output.split('\n')) {
    if (line === 'unhandledRejection' || line === 'uncaughtException') uncaught += 1
    if (/^\(node:\d+\) .*Warning/.test(line)) complaints.push(line)
    const said = line.startsWith('{') ? readLine(line) : undefined
    if (said) add(said.level >= error ? errors : warnings, `${said.msg}${said.err ? ` (${said.err.type})` : ''}`)
  }
  const [, lastWords = ''] = /^(?:unhandledRejection|uncaughtException)\n([^]*)/m.exec(output) ?? []
  return { errors, warnings, uncaught, complaints, lastWords }
}

interface Line {
  readonly level: number
  readonly msg: string
  readonly err?: { readonly type: string }
}

function readLine(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line
  } catch {
    return undefined
  }
}
