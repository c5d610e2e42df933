import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The path of a program of this machine, or undefined where it is not installed. */
export function installed(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(canRun)
}

/** Whether tests that need the program are skipped: never in CI, where everything has to run. */
export function skippedWithout(name: 'redis-server' | 'chromium' | 'script'): boolean {
  return !installed(name) && !process.env['CI']
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
