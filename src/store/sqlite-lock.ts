import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartupError } from '../errors.ts'
import { sqliteCode, unavailable } from './sqlite-failure.ts'
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { StoreUnavailableError } from './store.ts'

/** Somebody else, in this process or another, uses the data directory. The message says what to do. */
export class StoreLockedError extends StartupError {
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

/** Makes the directory, for its owner alone, and closes an existing one to everybody else. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (isShared(directory)) throw new Error('The sticky bit is set: this directory belongs to everybody.')
    chmodSync(directory, 0o700)
  } catch (cause) {
    const message = `The data directory ${directory} cannot be used. Set DATA_DIR to one that belongs to Hearsay alone.`
    throw new StoreUnavailableError(message, { cause })
  }
}

// Closing /tmp to everybody else would break the machine.
function isShared(directory: string): boolean {
  return (statSync(directory).mode & 0o1000) !== 0
}
