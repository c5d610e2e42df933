import { add, type Counts } from '../../bench/report.ts'

/** What a process under the collector has said, from its whole output. */
export function readLog(output: string) {
  /** Lines at error and above, by what they say and the failure behind it. */
  const errors: Counts = {}
  const warnings: Counts = {}
  /** What Node itself complains about, such as too many listeners. */
  const complaints: string[] = []
  /** Failures that nobody caught, which end the process. */
  let uncaught = 0
  for (const line of output.split('\n')) {
    if (line === 'unhandledRejection' || line === 'uncaughtException') uncaught += 1
    if (/^\(node:\d+\) .*Warning/.test(line)) complaints.push(line)
    const said = line.startsWith('{') ? readLine(line) : undefined
    if (said) add(said.level >= 50 ? errors : warnings, `${said.msg}${said.err ? ` (${said.err.type})` : ''}`)
  }
  /** What it wrote after the first failure that nobody caught. */
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
