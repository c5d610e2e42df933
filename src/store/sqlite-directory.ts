import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { StartupError } from '../errors.ts'
import { readJson, StoreFullError, StoreUnavailableError, type Json } from './store.ts'

/** Another program, or this one already, uses the data directory. The message says what to do. */
export class StoreLockedError extends StartupError {}

/** Makes the directory, or closes it to everybody but its owner, and locks it. Returns what unlocks it. */
export function lockDirectory(directory: string): () => void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // Closing /tmp to everybody else would break the machine.
    if (statSync(directory).mode & 0o1000)
      throw new Error('The sticky bit is set: this directory belongs to everybody.')
    chmodSync(directory, 0o700)
  } catch (cause) {
    const message = `The data directory ${directory} cannot be used. Set DATA_DIR to one that belongs to Hearsay alone.`
    throw new StoreUnavailableError(message, { cause })
  }
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 })
    // The operating system's lock on an open file: it ends with the process, however that dies.
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock?.close()
    if (!isBusy(cause)) throw unavailable(directory, cause)
    const inUse =
      `Another Hearsay is already running on the data directory ${directory}. ` +
      'Stop it first, or give this one a DATA_DIR of its own. Several at once share a Redis instead: set REDIS_URL.'
    throw new StoreLockedError(inUse, { cause })
  }
  return () => lock.close()
}

/** Whether a running Hearsay has the directory. Takes no lock. Throws StoreUnavailableError. */
export function isLocked(directory: string): boolean {
  const path = join(directory, 'lock.sqlite')
  if (!existsSync(path)) return false
  try {
    readRow(path, 'SELECT count(*) FROM sqlite_schema')
    return false
  } catch (cause) {
    if (isBusy(cause)) return true
    throw unavailable(directory, cause)
  }
}

/** A record, also an expired one. Changes nothing and takes no lock. Throws StoreUnavailableError. */
export function peek(directory: string, kind: string, key: string): Json | undefined {
  const path = join(directory, 'hearsay.sqlite')
  if (!existsSync(path)) return undefined
  try {
    const row = readRow(unchanging(path), 'SELECT value FROM records WHERE kind = ? AND key = ?', kind, key)
    return row && readJson(row['value'])
  } catch (cause) {
    throw unavailable(directory, cause)
  }
}

function readRow(path: string | URL, sql: string, ...values: string[]): Record<string, unknown> | undefined {
  using database = new DatabaseSync(path, { readOnly: true, timeout: 500 })
  return database.prepare(sql).get(...values)
}

/** Without a log the file is all there is; opened plainly, SQLite would make files beside it, owned by the reader. */
function unchanging(path: string): string | URL {
  const log = `${path}-wal`
  if (existsSync(log) && statSync(log).size > 0) return path
  const url = pathToFileURL(path)
  url.search = 'immutable=1'
  return url
}

/** SQLITE_BUSY. */
export const busyCode = 5

const sentences: Readonly<Record<number, string>> = {
  [busyCode]: 'Another program keeps the file locked.',
  8: 'It cannot be written. Check its owner and permissions.',
  10: 'Reading or writing fails. Look for a full disk, a quota, a limit on the size of files, or a fault of the disk.',
  11: 'The database there is damaged. Restore a backup or move it away.',
  13: 'The disk is full. Free some space.',
  14: 'It cannot be opened. Check its owner and permissions.',
  26: 'The file there is not a Hearsay database. Restore a backup or move it away.',
}

/** SQLITE_FULL, and SQLITE_IOERR_WRITE as a quota or a limit on the size of files brings it about. */
const fullCodes = [13, 778]

export function isBusy(error: unknown): boolean {
  return codeOf(error) === busyCode
}

export function unavailable(directory: string, cause: unknown): StoreUnavailableError {
  if (cause instanceof StoreUnavailableError) return cause
  const sentence = sentences[codeOf(cause)] ?? 'It does not answer as it should.'
  const message = `The data directory ${directory} is not usable. ${sentence}`
  return new (fullCodes.includes(extendedCodeOf(cause)) ? StoreFullError : StoreUnavailableError)(message, { cause })
}

/** The primary half of SQLite's result code. */
function codeOf(error: unknown): number {
  return extendedCodeOf(error) & 0xff
}

function extendedCodeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
}
