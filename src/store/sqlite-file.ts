import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { StoreUnavailableError } from './store.ts'
import { busyCode, sqliteCode, unavailable } from './sqlite-failure.ts'

/** The embedded file. Every change is one statement, and so a transaction of its own. */
export interface Database {
  prepare(sql: string): StatementSync
  /**
   * Runs work on the file; again, while another program keeps the file locked, for a second and a half.
   * Whatever goes wrong rejects with StoreUnavailableError.
   */
  ask<T>(work: () => T): Promise<T>
  /** Removes what has expired from the disk; it was invisible before. */
  sweep(): Promise<void>
  /** Leaves nothing of what was deleted or has expired, in no file. */
  scrub(): Promise<void>
  /** Scrubs, and lets go of the file in any case. */
  close(): Promise<void>
}

const patience = 1_500
const pause = 15
const longestTurn = 10

/** Rejects with StoreUnavailableError when the file is not usable. */
export async function openDatabase(directory: string): Promise<Database> {
  // SQLite would wait with the whole process, so it never does: nobody could be answered meanwhile.
  const database = new DatabaseSync(join(directory, 'hearsay.sqlite'), { timeout: 0 })
  let turnedAt = performance.now()
  // It answers at once, so a thousand calls in a row would keep everybody else waiting.
  const breathe = async (): Promise<void> => {
    if (performance.now() - turnedAt < longestTurn) return
    await turn()
    turnedAt = performance.now()
  }
  const ask = async <T>(work: () => T): Promise<T> => {
    const giveUpAt = performance.now() + patience
    for (;;) {
      if (!database.isOpen) throw new StoreUnavailableError('The store is closed.')
      try {
        const answer = work()
        await breathe()
        return answer
      } catch (cause) {
        if (sqliteCode(cause) !== 'busy' || performance.now() >= giveUpAt) throw unavailable(directory, cause)
      }
      await sleep(pause)
    }
  }
  const removeExpired = () => {
    const now = Date.now()
    database.prepare('DELETE FROM records WHERE expires <= ?').run(now)
    database.prepare('DELETE FROM leases WHERE expires <= ?').run(now)
  }
  const emptyLog = async () => {
    try {
      await ask(() => {
        const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {}
        if (busy) throw Object.assign(new Error('Another program reads the log.'), { errcode: busyCode })
      })
    } catch (failure) {
      // Whoever reads it to the end empties it.
      if (sqliteCode((failure as Error).cause) !== 'busy') throw failure
    }
  }
  const scrub = async () => {
    await ask(removeExpired)
    // Pages that were split keep copies of rows that secure_delete does not find; only building them anew does.
    await ask(() => database.exec('VACUUM'))
    await emptyLog()
  }
  try {
    await ask(() => database.exec(pragmas))
    await ask(() => database.exec(tables))
  } catch (cause) {
    database.close()
    throw cause
  }
  return {
    prepare: (sql) => database.prepare(sql),
    ask,
    async sweep() {
      await ask(removeExpired)
      await emptyLog()
    },
    scrub,
    async close() {
      try {
        await scrub()
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
