import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteCode, unavailable } from './failure.ts'

/** Somebody else, in this process or another, uses the data directory. The message says what to do. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError'
}

/**
 * Holds the directory for this process and returns what lets go of it. The lock is an open transaction, which is a
 * lock of the operating system on an open file: it ends with the process, however that dies.
 */
export function lockDirectory(directory: string): () => void {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock?.close()
    throw sqliteCode(cause) === 'busy'
      ? new StoreLockedError(inUse(directory), { cause })
      : unavailable(directory, cause)
  }
  return () => lock.close()
}

function inUse(directory: string): string {
  return (
    `Another Hearsay is already running on the data directory ${directory}. ` +
    'Stop it first, or give this one a DATA_DIR of its own. Several at once share a Redis instead: set REDIS_URL.'
  )
}
