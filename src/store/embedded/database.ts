import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { StoreUnavailableError } from '../store.ts'
import { unavailable } from './failure.ts'

/** The embedded file. Every change is one statement, and so a transaction of its own. */
export interface Database {
  prepare(sql: string): StatementSync
  /** Runs work on the file. Whatever goes wrong rejects with StoreUnavailableError. */
  ask<T>(work: () => T): Promise<T>
  /** Removes what has expired from the disk; it was invisible before. */
  sweep(): void
  close(): void
}

export function openDatabase(directory: string): Database {
  const database = new DatabaseSync(join(directory, 'hearsay.sqlite'), { timeout: 1_000 })
  try {
    database.exec(pragmas)
    database.exec(tables)
  } catch (cause) {
    database.close()
    throw cause
  }
  const removeExpired = () => {
    const now = Date.now()
    database.prepare('DELETE FROM records WHERE expires <= ?').run(now)
    database.prepare('DELETE FROM leases WHERE expires <= ?').run(now)
  }
  const emptyLog = () => database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  return {
    prepare: (sql) => database.prepare(sql),
    async ask(work) {
      if (!database.isOpen) throw new StoreUnavailableError('The store is closed.')
      try {
        return work()
      } catch (cause) {
        throw unavailable(directory, cause)
      }
    },
    sweep() {
      removeExpired()
      emptyLog()
    },
    close() {
      try {
        removeExpired()
        // Pages that were split keep copies of rows that secure_delete does not find; only building them anew does.
        database.exec('VACUUM')
        emptyLog()
      } finally {
        database.close()
      }
    },
  }
}

const pragmas = `
  PRAGMA secure_delete = ON;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA temp_store = MEMORY;
`

const tables = `
  CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version REAL, expires INTEGER,
    PRIMARY KEY (kind, key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS records_expires ON records (expires) WHERE expires IS NOT NULL;
  CREATE TABLE IF NOT EXISTS sets (
    name TEXT NOT NULL, member TEXT NOT NULL,
    PRIMARY KEY (name, member)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS due (
    name TEXT NOT NULL, member TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (name, member)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS due_at ON due (name, at, member);
  CREATE TABLE IF NOT EXISTS leases (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`
