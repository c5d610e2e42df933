import { randomUUID } from 'node:crypto'
import { setImmediate as nextMoment } from 'node:timers/promises'
import { openDatabase } from './sqlite-file.ts'
import type { Database } from './sqlite-file.ts'
import { prepareDirectory } from './embedded/directory.ts'
import { unavailable } from './embedded/failure.ts'
import { embeddedIndexes } from './embedded/indexes.ts'
import { embeddedLeases } from './embedded/leases.ts'
import { lockDirectory } from './embedded/lock.ts'
import { embeddedMeters } from './embedded/meters.ts'
import { embeddedRecords } from './embedded/records.ts'
import type { Store } from './store.ts'

const sweepEvery = 5 * 60_000

/**
 * The store in a directory, for one process: SQLite, durable before a call resolves. What was deleted or has expired
 * is overwritten, and after `close` no file there holds it any more.
 * Rejects with StoreLockedError when another one has the directory, and StoreUnavailableError when it is not usable.
 */
export async function openEmbedded(directory: string): Promise<Store> {
  prepareDirectory(directory)
  const unlock = lockDirectory(directory)
  try {
    const database = await openDatabase(directory)
    return await storeIn(database, unlock)
  } catch (error) {
    unlock()
    throw unavailable(directory, error)
  }
}

async function storeIn(database: Database, unlock: () => void): Promise<Store> {
  const records = embeddedRecords(database)
  const indexes = embeddedIndexes(database)
  const leases = await embeddedLeases(database)
  const meters = embeddedMeters(database)
  await database.sweep()
  const sweeping = setInterval(() => void database.sweep().catch(leaveToCallers), sweepEvery)
  sweeping.unref()
  let closed = false
  let scrubbing: Promise<void> | undefined

  return {
    ...records,
    ...indexes,
    ...leases,
    async purge() {
      // Whoever asks at the same moment gets the same one, which begins when they all have.
      scrubbing ??= nextMoment().then(() => {
        scrubbing = undefined
        return database.scrub()
      })
      return scrubbing
    },
    ...meters,
    async check() {
      const key = randomUUID()
      await records.set('check', key, true)
      await records.getAndDelete('check', key)
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(sweeping)
      await database.close().finally(unlock)
    },
  }
}

// What a sweep stumbles over meets the next call too, and that one has somebody to tell.
function leaveToCallers(): void {}
