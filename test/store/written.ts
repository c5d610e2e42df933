import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/**
 * What a script, as a process of its own, said until it ended, or was killed after `enough` lines.
 * `blocks` of 512 bytes is its largest file.
 */
export async function written(
  script: string,
  given: readonly string[],
  limits: { readonly enough?: number; readonly blocks?: number } = {},
): Promise<string[]> {
  const command = `ulimit -f ${limits.blocks ?? 'unlimited'} && exec "$0" "$@"`
  const child = spawn('sh', ['-c', command, process.execPath, script, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === limits.enough) child.kill('SIGKILL')
  }
  return lines
}
