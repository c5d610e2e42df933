import { readFileSync } from 'node:fs'

/** What is in a file; undefined where another process has renamed or deleted it since it was listed. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}
