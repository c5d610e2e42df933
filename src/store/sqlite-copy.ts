import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkFile, isLocked, unchanging } from './sqlite-directory.ts'

/** What the tables of a backup mean: raised with the first release that stores something that this one cannot read. */
const schema = 1

/** Why a file is no backup that can be restored. */
export type BackupFlaw = 'absent' | 'cut off' | 'damaged' | 'foreign' | 'newer'

/**
 * Writes all that a directory holds to a file that only its owner may read, beside a running bot as well, without what
 * `sql` deletes from it. The file is whole or not there. Throws StoreUnavailableError for a store that is not usable,
 * and SQLite's and the system's own errors.
 */
export function copyStore(directory: string, file: string, sql: string): void {
  const path = join(directory, 'hearsay.sqlite')
  const part = `${file}.part`
  try {
    for (;;) {
      checkFile(directory)
      const wasLocked = isLocked(directory)
      // Who only looks at a file that nobody has open must leave nothing beside it.
      copy(wasLocked ? path : unchanging(path), part)
      // A bot that has started meanwhile may have changed it while it was read.
      if (wasLocked || !isLocked(directory)) break
    }
    using database = new DatabaseSync(part)
    database.exec(`PRAGMA journal_mode = MEMORY; ${sql}; PRAGMA user_version = ${schema}; VACUUM`)
    database.close()
    moveDurably(part, file)
  } finally {
    rmSync(part, { force: true })
  }
}

/** Writes a backup to a new file for the store to open. */
export function copyBackup(file: string, path: string): void {
  copy(unchanging(file), path)
}

/** Undefined where it can be restored. Also a copy that somebody made of a stopped bot's file can be. */
export function flawOf(file: string): BackupFlaw | undefined {
  if (!existsSync(file)) return 'absent'
  const head = firstBytes(file, 100)
  if (head.length < 100) return 'cut off'
  if (!head.toString('latin1').startsWith('SQLite format 3\0')) return 'foreign'
  // 1 means 65,536.
  const pageSize = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16)
  if (pageSize * head.readUInt32BE(28) > statSync(file).size) return 'cut off'
  try {
    using database = new DatabaseSync(unchanging(file), { readOnly: true })
    const { user_version: found } = database.prepare('PRAGMA user_version').get() ?? {}
    if (Number(found) > schema) return 'newer'
    const { tables } = database.prepare(ourTables).get() ?? {}
    if (tables !== 3) return 'foreign'
    const { integrity_check: verdict } = database.prepare('PRAGMA integrity_check(1)').get() ?? {}
    return verdict === 'ok' ? undefined : 'damaged'
  } catch (error) {
    // SQLITE_CORRUPT and SQLITE_NOTADB.
    if (error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode))) return 'damaged'
    throw error
  }
}

/** Puts a file into the place of another one; after a loss of power it is the one or the other. */
export function moveDurably(from: string, to: string): void {
  sync(from)
  renameSync(from, to)
  sync(dirname(to))
}

function copy(source: string | URL, target: string): void {
  // SQLite fills an empty file, and would make one that others may read.
  rmSync(target, { force: true })
  writeFileSync(target, '', { mode: 0o600, flag: 'wx' })
  using database = new DatabaseSync(source, { readOnly: true, timeout: 5_000 })
  database.prepare('VACUUM INTO ?').run(target)
}

function sync(path: string): void {
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

function firstBytes(file: string, count: number): Buffer {
  const opened = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(count)
    return bytes.subarray(0, readSync(opened, bytes, 0, count, 0))
  } finally {
    closeSync(opened)
  }
}

const ourTables = `
  SELECT count(*) AS tables FROM sqlite_schema
  WHERE type = 'table' AND (name IN ('sets', 'due') OR name = 'records' AND sql LIKE '%kind TEXT%expires INTEGER%')`
