import { randomUUID } from 'node:crypto'
import { openByteFiles, type ByteMethod } from './byte-files.ts'
import { enterMeter, meterKind, type MeterState } from './meter.ts'
import { checkFile, lockDirectory, unavailable } from './sqlite-directory.ts'
import { openDatabase, type Database } from './sqlite-file.ts'
import { openReserve } from './sqlite-reserve.ts'
import { StoreFullError, UnreadableRecordError, versionOf, wholeMs, type Json, type Store } from './store.ts'

/**
 * The store in a directory, for one process: SQLite, durable before a call resolves. What was deleted or has expired
 * is overwritten; soon after a deletion, and after `close`, no file there holds it any more.
 * Rejects with StoreLockedError when another process has the directory, and StoreUnavailableError when it is not usable.
 */
export async function openEmbedded(directory: string, patience?: number): Promise<Store> {
  const unlock = lockDirectory(directory)
  const files = openByteFiles(directory, { patience })
  let database: Database | undefined
  try {
    checkWhenFull(directory)
    const opened = await openDatabase(directory, () => void files.giveRoom())
    database = opened
    const operations = operationsOn(opened)
    // Only one process has the file, so a lease that is held when it is opened belonged to one that died.
    await opened.askWhenFull(() => opened.prepare('DELETE FROM leases').run())
    // On a disk that is full it is for later, so that deleting begins.
    await opened.sweep().catch((failure: unknown) => {
      if (!(failure instanceof StoreFullError)) throw failure
    })
    // A failure meets the next call too, and that one has somebody to tell.
    const sweeping = setInterval(() => {
      void opened.sweep().catch(() => undefined)
      void files.sweep()
    }, 5 * 60_000).unref()
    void files.sweep()
    let closed = false

    return {
      ...operations,
      ...files.operations,
      // One row with a lifetime: somebody asks every few seconds, and a deletion would have to be purged.
      check: () => opened.checkRoom().then(() => operations.set('check', 'here', true, 10_000)),
      async close() {
        if (closed) return
        closed = true
        clearInterval(sweeping)
        const filesClosed = files.close()
        try {
          await opened.close()
        } finally {
          await filesClosed
          unlock()
        }
      },
    }
  } catch (error) {
    database?.abandon()
    unlock()
    throw unavailable(directory, error)
  }
}

/** Reading a file that has a log takes room for one more. */
function checkWhenFull(directory: string): void {
  try {
    checkFile(directory)
  } catch (error) {
    if (!(error instanceof StoreFullError)) throw error
    openReserve(directory).give()
    checkFile(directory)
  }
}

/** Records are rows with the version beside the JSON, so that SQL can compare it; meters are among them. */
export function operationsOn({
  prepare,
  ask,
  askWhenFull,
  erase,
}: Database): Omit<Store, ByteMethod | 'check' | 'close'> {
  const read = prepare(`SELECT value FROM records WHERE kind = ? AND key = ? AND ${alive}`)
  const write = prepare(upsert)
  const writeNew = prepare(`${upsert} WHERE records.expires <= ?`)
  const remove = prepare(`DELETE FROM records WHERE kind = ? AND key = ? AND ${alive}`)
  const change = prepare(
    `UPDATE records SET value = ?, version = ?, expires = ? WHERE kind = ? AND key = ? AND version = ? AND ${alive}`,
  )
  const removeVersion = prepare(`DELETE FROM records WHERE kind = ? AND key = ? AND version = ? AND ${alive}`)
  const list = prepare(`SELECT key FROM records WHERE kind = ? AND key > ? AND ${alive} ORDER BY key LIMIT ${batch}`)
  const addMember = prepare('INSERT INTO sets (name, member) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const removeMember = prepare('DELETE FROM sets WHERE name = ? AND member = ?')
  const listMembers = prepare('SELECT member FROM sets WHERE name = ?')
  const schedule = prepare(
    'INSERT INTO due (name, member, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
  )
  const unschedule = prepare('DELETE FROM due WHERE name = ? AND member = ?')
  const listDue = prepare('SELECT member FROM due WHERE name = ? AND at <= ? ORDER BY at, member LIMIT ?')
  const takeLease = prepare(
    `INSERT INTO leases (name, owner, expires) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET owner = excluded.owner, expires = excluded.expires WHERE leases.expires <= ?`,
  )
  const renewLease = prepare('UPDATE leases SET expires = ? WHERE name = ? AND owner = ? AND expires > ?')
  const releaseLease = prepare('DELETE FROM leases WHERE name = ? AND owner = ?')

  return {
    get: (kind, key) => ask(() => valueOf(read.get(kind, key, Date.now()))),
    set: (kind, key, value, ttl) => ask(() => void write.run(kind, key, ...columns(value, ttl))),
    create: (kind, key, value, ttl) =>
      ask(() => writeNew.run(kind, key, ...columns(value, ttl), Date.now()).changes === 1),
    delete: (kind, key) => erase(() => remove.run(kind, key, Date.now()).changes === 1),
    compareAndSet: (kind, key, version, value, ttl) =>
      askWhenFull(() => change.run(...columns(value, ttl), kind, key, version, Date.now()).changes === 1),
    deleteIfVersion: (kind, key, version) =>
      erase(() => removeVersion.run(kind, key, version, Date.now()).changes === 1),
    async *keys(kind) {
      for (let last: string | undefined = ''; last !== undefined;) {
        const after: string = last
        const keys = await ask(() => list.all(kind, after, Date.now()).map(({ key }) => String(key)))
        yield* keys
        last = keys.length === batch ? keys.at(-1) : undefined
      }
    },
    add: (set, member) => ask(() => void addMember.run(set, member)),
    remove: async (set, member) => void (await erase(() => removeMember.run(set, member).changes)),
    members: (set) => ask(() => listMembers.all(set).map(({ member }) => String(member))),
    schedule: (index, member, at) => askWhenFull(() => void schedule.run(index, member, at)),
    unschedule: async (index, member) => void (await erase(() => unschedule.run(index, member).changes)),
    due: (index, until, limit) => ask(() => listDue.all(index, until, limit).map(({ member }) => String(member))),
    async lease(name, ttl) {
      const owner = randomUUID()
      const taken = await askWhenFull(
        () => takeLease.run(name, owner, Date.now() + wholeMs(ttl), Date.now()).changes === 1,
      )
      if (!taken) return undefined
      return {
        renew: (ttl) =>
          askWhenFull(() => renewLease.run(Date.now() + wholeMs(ttl), name, owner, Date.now()).changes === 1),
        release: () => askWhenFull(() => void releaseLease.run(name, owner)),
      }
    },
    // Nothing else runs between the reading and the writing of one.
    meter: (name, entry) =>
      ask(() => {
        const before = valueOf(read.get(meterKind, name, Date.now())) as MeterState | undefined
        const { state, reading } = enterMeter(before, entry, Date.now())
        write.run(meterKind, name, ...columns(state, entry.span + entry.bucket + entry.heldFor))
        return reading
      }),
  }
}

const batch = 500
const alive = '(expires IS NULL OR expires > ?)'
const upsert = `
  INSERT INTO records (kind, key, value, version, expires) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires`

function columns(value: Json, ttl: number | undefined): [string, number | null, number | null] {
  const expires = ttl === undefined ? null : Date.now() + wholeMs(ttl)
  return [JSON.stringify(value), versionOf(value) ?? null, expires]
}

function valueOf(row: Record<string, unknown> | undefined): Json | undefined {
  if (!row) return undefined
  try {
    return JSON.parse(String(row['value'])) as Json
  } catch {
    throw new UnreadableRecordError()
  }
}
