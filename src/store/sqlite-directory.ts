import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { StartupError } from '../errors.ts'
import { readJson, StoreFullError, StoreUnavailableError, type Json } from './store.ts'

/** SQLITE_BUSY. */
export const busyCode = 5

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
  const path = join(directory, 'lock.sqlite')
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(path, { timeout: 0 })
    // The operating system's lock on an open file: it ends with the process, however that dies. A journal needs room.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    lock?.close()
    throw lock ? lockRefusal(directory, cause) : unavailable(directory, cause)
  }
  return () => lock.close()
}

/** What a lock that was not to be had means. */
export function lockRefusal(directory: string, cause: unknown): StoreLockedError | StoreUnavailableError {
  if (!noLockCodes.includes(codeOf(cause))) return unavailable(directory, cause)
  const says = cause instanceof Error ? cause.message : ''
  const isKnown = isHeld(join(directory, 'lock.sqlite'))
  return new StoreLockedError(isKnown ? inUse(directory) : inUseOrShare(directory, says), { cause })
}

/** SQLITE_BUSY, also where a share has no locks, or none for this user; SQLITE_PERM, SQLITE_IOERR and SQLITE_PROTOCOL. */
const noLockCodes = [busyCode, 3, 10, 15]

function inUse(directory: string): string {
  return (
    `Another Hearsay is already running on the data directory ${directory}. ` +
    'Stop it first, or give this one a DATA_DIR of its own. Several at once share a Redis instead: set REDIS_URL.'
  )
}

function inUseOrShare(directory: string, says: string): string {
  return (
    `The data directory ${directory} cannot be locked; the system says: ${says}. Either another Hearsay has it, in ` +
    'another container or on another machine: stop it first. Or it is on a network share without locks: set DATA_DIR ' +
    'to a directory on a disk of this machine.'
  )
}

/** Whether a process that this one can see has a lock on the file. Only Linux tells. */
function isHeld(path: string): boolean {
  try {
    return readFileSync('/proc/locks', 'utf8').includes(` ${deviceOf(dirname(path))}:${statSync(path).ino} `)
  } catch {
    return false
  }
}

/** As the list of locks has it. By the mount: on btrfs and overlays, what `stat` tells is another device. */
function deviceOf(directory: string): string {
  const opened = openSync(directory, 'r')
  try {
    const [, mount] = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${opened}`, 'utf8')) ?? []
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    const [, ...numbers] = new RegExp(`^${mount} \\d+ (\\d+):(\\d+) `, 'm').exec(mounts) ?? []
    return numbers.map((number) => Number(number).toString(16).padStart(2, '0')).join(':')
  } finally {
    closeSync(opened)
  }
}

/**
 * Whether a running Hearsay has the directory; "perhaps" where it is none that is seen from here, or a share without
 * locks. Takes no lock. Throws StoreUnavailableError.
 */
export function isLocked(directory: string): boolean | 'perhaps' {
  const path = join(directory, 'lock.sqlite')
  if (!existsSync(path)) return false
  try {
    readRow(path, 'SELECT count(*) FROM sqlite_schema')
    return false
  } catch (cause) {
    if (noLockCodes.includes(codeOf(cause))) return isHeld(path) || 'perhaps'
    throw unavailable(directory, cause)
  }
}

/**
 * Whether the file there, if any, is one that Hearsay has written, and whole. Nothing is lost by refusing, and
 * everybody is unlinked by starting anew. Changes nothing and takes no lock. Throws StoreUnavailableError.
 */
export function checkFile(directory: string): void {
  const path = join(directory, 'hearsay.sqlite')
  const refuse = (what: string): never => {
    throw new StoreUnavailableError(`The data directory ${directory} is not usable. ${what}`)
  }
  const log = `${path}-wal`
  const hasLog = existsSync(log) && statSync(log).size > 0
  if (!existsSync(path)) {
    if (hasLog) refuse(`${path} is gone, and its log is there still. Restore a backup, or delete ${log} to start anew.`)
    return
  }
  // SQLite takes what is shorter than its header for a new database, and writes over it.
  const { size } = statSync(path)
  if (size < 100) {
    const remedy = 'Restore a backup; or, if Hearsay has never run here to the end of its start, delete it.'
    refuse(`${path} is ${size === 0 ? 'empty' : 'cut off'}, and starting with it would unlink everybody. ${remedy}`)
  }
  try {
    // SQLite itself says no to what is cut off or damaged.
    const { tables, ours } = readRow(unchanging(path), tablesInFile) ?? {}
    if (Number(tables) > 0 && Number(ours) === 0)
      refuse(`${path} belongs to another program. Restore a backup or move it away.`)
  } catch (cause) {
    // Who has it now may be done with it when it is opened.
    if (!isBusy(cause)) throw unavailable(directory, cause)
  }
}

const tablesInFile = `
  SELECT count(*) AS tables, sum(name = 'records' AND sql LIKE '%kind TEXT%expires INTEGER%') AS ours
  FROM sqlite_schema WHERE type = 'table'`

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
export function unchanging(path: string): string | URL {
  const log = `${path}-wal`
  if (existsSync(log) && statSync(log).size > 0) return path
  const url = pathToFileURL(path)
  url.search = 'immutable=1'
  return url
}

const sentences: Readonly<Record<number, string>> = {
  [busyCode]: 'Another program keeps the file locked.',
  3: 'The system refuses access to it. Check its owner and permissions, and whether a network share has locks.',
  8: 'It cannot be written. Check its owner and permissions.',
  10: 'Reading or writing fails. Look for a full disk, a quota, a limit on the size of files, or a fault of the disk.',
  11: 'The database there is damaged. Restore a backup or move it away.',
  13: 'The disk is full. Free some space.',
  14: 'It cannot be opened. Check its owner and permissions.',
  26: 'The file there is not a Hearsay database. Restore a backup or move it away.',
}

/** SQLITE_FULL, SQLITE_IOERR_WRITE as a quota or a limit on the size of files brings it about, SQLITE_IOERR_SHMSIZE. */
const fullCodes = [13, 778, 4874]

export function isBusy(error: unknown): boolean {
  return codeOf(error) === busyCode
}

export function unavailable(directory: string, cause: unknown): StoreUnavailableError {
  if (cause instanceof StoreUnavailableError) return cause
  const sentence = sentences[codeOf(cause)] ?? 'It does not answer as it should.'
  const message = `The data directory ${directory} is not usable. ${sentence}`
  return new (fullCodes.includes(extendedCodeOf(cause)) ? StoreFullError : StoreUnavailableError)(message, {
    cause,
    remedy: 'Check the disk under DATA_DIR',
  })
}

/** The primary half of SQLite's result code. */
function codeOf(error: unknown): number {
  return extendedCodeOf(error) & 0xff
}

function extendedCodeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
}
