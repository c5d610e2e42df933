import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { StoreUnavailableError } from '../store.ts'

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
