import { once } from 'node:events'
import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { moveDurably } from './sqlite-copy.ts'
import { busyCode, isBusy, unavailable } from './sqlite-directory.ts'
import { schedulePurges } from './sqlite-purges.ts'
import { openReserve } from './sqlite-reserve.ts'
import { pragmas, tables } from './sqlite-schema.ts'
import { StoreFullError, StoreUnavailableError } from './store.ts'

export type Database = Awaited<ReturnType<typeof openDatabase>>

/**
 * The embedded file. Every change is one statement, and so a transaction. Rejects with StoreUnavailableError.
 * @param becameFull is told whenever something finds no room
 */
export async function openDatabase(directory: string, becameFull: () => void = () => undefined) {
  const path = join(directory, 'hearsay.sqlite')
  if (!existsSync(path)) makeFile(path)
  const wasKilled = existsSync(`${path}-wal`)
  // SQLite would wait with the whole process, so it never does: nobody could be answered meanwhile.
  const database = new DatabaseSync(path, { timeout: 0 })
  let isVacuuming = false
  let full: { readonly failure: StoreFullError; readonly until: number } | undefined
  let turn: { readonly since: number; readonly ended: Promise<unknown> } | undefined
  const purges = schedulePurges(purge)
  const reserve = openReserve(directory)
  await askWhenFull(() => database.exec(pragmas + tables)).catch((cause: unknown) => {
    database.close()
    throw cause
  })
  if (wasKilled) purges.soon()
  return { prepare: (sql: string) => database.prepare(sql), ask, askWhenFull, checkRoom, erase, sweep, close, abandon }

  /** Runs work; for 1.5 s again while another program keeps the file locked. Rejects with StoreUnavailableError. */
  async function ask<T>(work: () => T): Promise<T> {
    const giveUpAt = performance.now() + 1_500
    for (;;) {
      // A thousand calls at once would keep everybody else waiting: those whom a turn has no time for wait for the next.
      for (let now = currentTurn(); performance.now() - now.since > longestTurn; now = currentTurn()) await now.ended
      if (!database.isOpen) throw new StoreUnavailableError('The store is closed.')
      try {
        return work()
      } catch (cause) {
        // A lock of our own is no other program's, and ends: a file that may be vacuumed takes half a second.
        const mayRetry = performance.now() < giveUpAt + (isVacuuming ? vacuumTime : 0)
        if (!isBusy(cause) || !mayRetry) throw note(unavailable(directory, cause))
      }
      await sleep(15)
    }
  }

  function currentTurn(): NonNullable<typeof turn> {
    return (turn ??= { since: performance.now(), ended: nextTurn().then(() => (turn = undefined)) })
  }

  function note(failure: StoreUnavailableError): StoreUnavailableError {
    if (!(failure instanceof StoreFullError)) return failure
    full = { failure, until: performance.now() + fullTime }
    becameFull()
    return failure
  }

  /** Rejects for a while after something found no room: something smaller may find some. */
  async function checkRoom(): Promise<void> {
    if (full && performance.now() < full.until) throw full.failure
  }

  /** `ask` for what has to work on a full disk too: deleting, and what leads to it. */
  async function askWhenFull<T>(work: () => T): Promise<T> {
    // What is in the log may have its place in the file already; else there is the reserve.
    for (const makeRoom of [emptyLog, async () => reserve.give()]) {
      const before = full
      try {
        return await ask(work)
      } catch (error) {
        if (!(error instanceof StoreFullError)) throw error
        full = before
        await makeRoom().catch(() => undefined)
      }
    }
    try {
      return await ask(work)
    } finally {
      // Nobody has to wait for the log, nor hear of its failure.
      await emptyLog().catch(() => undefined)
      reserve.take()
    }
  }

  /** `ask` for work whose answer says whether it deleted anything: then also from the log, and soon from every page. */
  async function erase<T>(work: () => T): Promise<T> {
    const answer = await askWhenFull(work)
    if (!answer) return answer
    purges.soon()
    // It is deleted in any case, and the purge tries again.
    await sweep().catch(() => undefined)
    return answer
  }

  /** Removes what has expired from the disk; it was invisible before. */
  async function sweep(): Promise<void> {
    const now = Date.now()
    await askWhenFull(() => database.prepare('DELETE FROM records WHERE expires <= ?').run(now))
    await askWhenFull(() => database.prepare('DELETE FROM leases WHERE expires <= ?').run(now))
    await emptyLog().catch((failure: unknown) => {
      if (!(failure instanceof StoreFullError)) throw failure
      reserve.give()
      return emptyLog()
    })
    reserve.take()
  }

  async function emptyLog(): Promise<void> {
    const emptying = ask(() => {
      const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {}
      if (busy) throw Object.assign(new Error('Another program reads the log.'), { errcode: busyCode })
    })
    await emptying.catch((failure: Error) => {
      // A program that reads the log to its end empties it.
      if (!isBusy(failure.cause)) throw failure
    })
  }

  async function purge(): Promise<void> {
    await sweep()
    if (statSync(path).size > largestVacuum) return
    isVacuuming = true
    const worker = new Worker(vacuum, { eval: true, execArgv: [], workerData: { path, pragmas } })
    await once(worker, 'exit').finally(() => (isVacuuming = false))
    await emptyLog()
  }

  /** After a start that failed: what was left undone stays for the next one. */
  function abandon(): void {
    void purges.end()
    database.close()
  }

  /** Leaves nothing of what was deleted or has expired in any file, and closes the file in any case. */
  async function close(): Promise<void> {
    try {
      await purges.end()
      await sweep()
      await askWhenFull(() => database.exec('VACUUM'))
      await emptyLog()
    } finally {
      database.close()
    }
  }
}

/**
 * A new file, whole or not there: one that a full disk or a crash has left empty would look like one that was lost.
 * Throws SQLite's and the system's own errors.
 */
function makeFile(path: string): void {
  const part = `${path}.part`
  const remove = (): void => ['', '-wal', '-shm'].forEach((end) => rmSync(part + end, { force: true }))
  remove()
  try {
    using database = new DatabaseSync(part)
    database.exec(pragmas + tables)
    database.close()
    moveDurably(part, path)
  } finally {
    remove()
  }
}

/**
 * secure_delete overwrites a row that is deleted, but not its copies in the log and in pages that were split: only an
 * emptied log and VACUUM do. VACUUM takes about 15 ms for a megabyte, so it runs in a thread of its own. Reads go on
 * meanwhile, and changes wait for it: a file that is too large for that keeps such copies in pages until it is closed.
 */
const vacuum = `
  const { DatabaseSync } = require('node:sqlite')
  const { path, pragmas } = require('node:worker_threads').workerData
  const database = new DatabaseSync(path, { timeout: 1000 })
  try {
    database.exec(pragmas + 'VACUUM; PRAGMA wal_checkpoint(PASSIVE)')
  } finally {
    database.close()
  }
`
const largestVacuum = 32 * 2 ** 20
// Every call settles within two seconds, see Store.
const vacuumTime = 500
const fullTime = 30_000
// In milliseconds.
const longestTurn = 10
