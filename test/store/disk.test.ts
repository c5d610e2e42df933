import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { errorMessage } from '../../src/error-messages.ts'
import { openDatabase } from '../../src/store/sqlite-file.ts'
import { openEmbedded, operationsOn } from '../../src/store/sqlite.ts'
import { unavailable } from '../../src/store/sqlite-directory.ts'
import { StoreFullError, StoreUnavailableError } from '../../src/store/store.ts'
import { failureOf } from './failing.ts'

test('a file that is full: writing is an error that says so, reading and deleting go on', async () => {
  await inDirectory(async (directory) => {
    const database = await openDatabase(directory)
    const records = operationsOn(database)
    await records.set('links', 'ana', { version: 1 })
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() ?? {}
    database.prepare(`PRAGMA max_page_count = ${Number(pages)}`).get()
    const failure = await failureOf(records.set('links', 'ben', 'x'.repeat(20_000)))
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure.message).toContain('The disk is full. Free some space.')
    expect(errorMessage(failure)?.operator).toBe('The store is full. Make room on the disk under DATA_DIR')
    expect(await records.get('links', 'ben')).toBeUndefined()
    expect(await records.get('links', 'ana')).toEqual({ version: 1 })
    expect(await records.deleteIfVersion('links', 'ana', 1)).toBe(true)
    database.prepare('PRAGMA max_page_count = 1000000').get()
    await records.set('links', 'ben', 'x'.repeat(20_000))
    await database.close()
  })
})

test('a disk without room for the log: a deletion is given some for its moment, and a write is not', async () => {
  await inDirectory(async (directory) => {
    const database = await openDatabase(directory)
    const reserve = join(directory, 'reserve')
    const wasThere: boolean[] = []
    const needsRoom = (): string => {
      wasThere.push(existsSync(reserve))
      if (wasThere.at(-1)) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
      return 'done'
    }
    expect(await failureOf(database.ask(needsRoom))).toBeInstanceOf(StoreFullError)
    expect(await database.askWhenFull(needsRoom)).toBe('done')
    expect(wasThere).toEqual([true, true, true, false])
    expect(statSync(reserve).size).toBeGreaterThan(1_000_000)
    await database.close()
  })
})

test.for([
  ['its tables and its log', 'exec', /CREATE TABLE/, 13],
  ['the emptying of its log', 'prepare', /wal_checkpoint/, 13],
  ['the memory that SQLite shares', 'prepare', /sqlite_schema/, 4874],
] as const)('a start on a disk without room for %s gives some up, and deletes', async ([, method, sql, errcode]) => {
  await inDirectory(async (directory) => {
    const before = await openEmbedded(directory)
    await before.set('links', 'ana', { version: 1 })
    await before.close()
    const reserve = join(directory, 'reserve')
    const needsRoom = vi.fn<(text: string) => void>((text) => {
      if (sql.test(text) && existsSync(reserve)) throw Object.assign(new Error('no room'), { errcode })
    })
    const real = DatabaseSync.prototype[method] as (text: string) => never
    const spy = vi.spyOn(DatabaseSync.prototype, method).mockImplementation(function (this: unknown, text: string) {
      needsRoom(text)
      return real.call(this, text)
    })
    onTestFinished(() => spy.mockRestore())
    const store = await openEmbedded(directory)
    expect(needsRoom.mock.results.map(({ type }) => type)).toContain('throw')
    expect(await store.delete('links', 'ana')).toBe(true)
    spy.mockRestore()
    await store.close()
  })
})

test.for([
  ['its tables', 'exec', /CREATE TABLE/],
  ['the journal of its first change', 'exec', /journal_mode = WAL/],
] as const)('a first start on a disk without room for %s leaves no file that looks lost', async ([, method, sql]) => {
  await inDirectory(async (directory) => {
    const real = DatabaseSync.prototype[method] as (text: string) => never
    const spy = vi.spyOn(DatabaseSync.prototype, method).mockImplementation(function (this: unknown, text: string) {
      if (sql.test(text)) throw Object.assign(new Error('no room'), { errcode: 13 })
      return real.call(this, text)
    })
    onTestFinished(() => spy.mockRestore())
    const failure = await failureOf(openEmbedded(directory))
    expect(failure).toBeInstanceOf(StoreFullError)
    expect(failure.message).toContain('The disk is full. Free some space.')
    expect(readdirSync(directory)).toEqual(['lock.sqlite'])
    spy.mockRestore()
    await (await openEmbedded(directory)).close()
  })
})

test('what a first start has left that was killed is no store', async () => {
  await inDirectory(async (directory) => {
    writeFileSync(join(directory, 'hearsay.sqlite.part'), '')
    const store = await openEmbedded(directory)
    expect(readdirSync(directory)).not.toContain('hearsay.sqlite.part')
    await store.close()
  })
})

test('the lock of a data directory takes no room on the disk', async () => {
  await inDirectory(async (directory) => {
    const store = await openEmbedded(directory)
    expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual(['lock.sqlite'])
    expect(statSync(join(directory, 'lock.sqlite')).size).toBe(0)
    await store.close()
  })
})

test('a file that is read-only: what SQLite says becomes what to check', async () => {
  await inDirectory(async (directory) => {
    await (await openDatabase(directory)).close()
    const readOnly = new DatabaseSync(join(directory, 'hearsay.sqlite'), { readOnly: true })
    const refused = () => readOnly.exec(`INSERT INTO sets VALUES ('guild', 'ana')`)
    const failure = await failureOf(
      Promise.resolve()
        .then(refused)
        .catch((cause: unknown) => Promise.reject(unavailable(directory, cause))),
    )
    expect(failure.message).toContain('It cannot be written. Check its owner and permissions.')
    expect(errorMessage(failure)?.operator).toBe('The store does not answer. Check the disk under DATA_DIR')
    readOnly.close()
  })
})

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-disk-'))
  await work(directory).finally(() => rmSync(directory, { recursive: true }))
}
