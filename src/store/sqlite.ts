import { randomUUID } from 'node:crypto'
import { setImmediate as nextMoment } from 'node:timers/promises'
import { openDatabase, type Database } from './sqlite-file.ts'
import { lockDirectory, prepareDirectory } from './sqlite-lock.ts'
import { unavailable } from './sqlite-failure.ts'
import { embeddedRecords } from './sqlite-records.ts'
import { readJson, type Store, wholeMs } from './store.ts'
import { enterMeter, type MeterState } from './meter.ts'

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

type Indexes = Pick<Store, 'add' | 'remove' | 'members' | 'schedule' | 'unschedule' | 'due'>

/** Sets of strings, and members in the order of their times. */
export function embeddedIndexes({ prepare, ask }: Database): Indexes {
  const add = prepare('INSERT INTO sets (name, member) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const remove = prepare('DELETE FROM sets WHERE name = ? AND member = ?')
  const list = prepare('SELECT member FROM sets WHERE name = ?')
  const schedule = prepare(
    'INSERT INTO due (name, member, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
  )
  const unschedule = prepare('DELETE FROM due WHERE name = ? AND member = ?')
  const listDue = prepare('SELECT member FROM due WHERE name = ? AND at <= ? ORDER BY at, member LIMIT ?')

  return {
    add: (set, member) => ask(() => void add.run(set, member)),
    remove: (set, member) => ask(() => void remove.run(set, member)),
    members: (set) => ask(() => list.all(set).map(memberOf)),
    schedule: (index, member, at) => ask(() => void schedule.run(index, member, at)),
    unschedule: (index, member) => ask(() => void unschedule.run(index, member)),
    due: (index, until, limit) => ask(() => listDue.all(index, until, limit).map(memberOf)),
  }
}

function memberOf(row: Record<string, unknown>): string {
  return String(row['member'])
}

/** The file has one process at a time, so whatever is held when it is opened was left by one that died. */
export async function embeddedLeases({ prepare, ask }: Database): Promise<Pick<Store, 'lease'>> {
  await ask(() => prepare('DELETE FROM leases').run())
  const take = prepare(
    `INSERT INTO leases (name, owner, expires) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET owner = excluded.owner, expires = excluded.expires WHERE leases.expires <= ?`,
  )
  const renew = prepare('UPDATE leases SET expires = ? WHERE name = ? AND owner = ? AND expires > ?')
  const release = prepare('DELETE FROM leases WHERE name = ? AND owner = ?')

  return {
    async lease(name, ttl) {
      const owner = randomUUID()
      const taken = await ask(() => take.run(name, owner, Date.now() + wholeMs(ttl), Date.now()).changes === 1)
      if (!taken) return undefined
      return {
        renew: (ttl) => ask(() => renew.run(Date.now() + wholeMs(ttl), name, owner, Date.now()).changes === 1),
        release: () => ask(() => void release.run(name, owner)),
      }
    },
  }
}

// Kinds of records hold no colon, so nobody else's can be this one.
const kind = ':meter'

/** Meters as rows among the records. Nothing else runs between the reading and the writing of one. */
export function embeddedMeters({ prepare, ask }: Database): Pick<Store, 'meter'> {
  const read = prepare('SELECT value FROM records WHERE kind = ? AND key = ? AND expires > ?')
  const write = prepare(
    `INSERT INTO records (kind, key, value, version, expires) VALUES (?, ?, ?, NULL, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, expires = excluded.expires`,
  )
  return {
    meter: (name, entry) =>
      ask(() => {
        const now = Date.now()
        const row = read.get(kind, name, now)
        const { state, reading } = enterMeter(row && (readJson(row['value']) as MeterState), entry, now)
        write.run(kind, name, JSON.stringify(state), Math.ceil(now + entry.span + entry.bucket + entry.heldFor))
        return reading
      }),
  }
}
