import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEmbedded } from '../../src/store/sqlite.ts'
import { openDatabase } from '../../src/store/sqlite-file.ts'
import { StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { stopClock, type Clock } from './clock.ts'
import { failureOf } from './failing.ts'

/** How long a call may wait at most. */
const patience = 1_500
/** How soon it sees that the file is free. */
const pause = 15

describe('while a backup keeps the file locked', () => {
  let directory: string
  let store: Store
  let backup: DatabaseSync
  let clock: Clock
  beforeEach(async ({ onTestFinished }) => {
    clock = stopClock()
    // Also where a store that waits for this clock does not close.
    onTestFinished(() => clock.end())
    directory = mkdtempSync(join(tmpdir(), 'hearsay-busy-'))
    store = await openEmbedded(directory)
    backup = new DatabaseSync(join(directory, 'hearsay.sqlite'))
  })
  afterEach(async () => {
    if (backup.isOpen) backup.close()
    await store.close()
    rmSync(directory, { recursive: true })
  })

  test('nothing else in the process waits for it', async () => {
    backup.exec('BEGIN IMMEDIATE')
    const writing = outcomeOf(store.set('links', 'ana', 1))
    let others = 0
    const interval = setInterval(() => (others += 1), 5)
    await clock.pass(300)
    clearInterval(interval)
    expect(others).toBe(60)
    expect(writing()).toBe('under way')
    backup.exec('COMMIT')
    await clock.pass(pause)
    expect(writing()).toBe('done')
  })

  test('SQLite itself never waits, which it would do with the whole process', async () => {
    const database = await openDatabase(mkdtempSync(join(directory, 'another-')))
    expect(database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 0 })
    await database.close()
  })

  test('many changes of Ana’s wait side by side, and are made when it is free', async () => {
    backup.exec('BEGIN IMMEDIATE')
    const writing = Promise.all(Array.from({ length: 20 }, (_, song) => store.set('songs', String(song), song)))
    const done = outcomeOf(writing)
    const taking = store.lease('refresh:ana', 60_000)
    await clock.pass(patience - 1)
    expect(done()).toBe('under way')
    backup.exec('COMMIT')
    await clock.pass(pause)
    await writing
    expect(await taking).toBeDefined()
    expect(await store.get('songs', '19')).toBe(19)
  })

  test('after a second and a half a change is an error that names the reason, and is not made later', async () => {
    backup.exec('BEGIN IMMEDIATE')
    const writing = failureOf(store.set('links', 'ana', 1))
    const outcome = outcomeOf(writing)
    await clock.pass(patience - 1)
    expect(outcome()).toBe('under way')
    await clock.pass(1)
    expect(outcome()).toBe('done')
    const failure = await writing
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure.message).toContain('Another program keeps the file locked.')
    backup.exec('COMMIT')
    await clock.pass(2 * patience)
    expect(await store.get('links', 'ana')).toBeUndefined()
  })

  test('closing waits for it too, and so does opening', async () => {
    backup.exec('BEGIN IMMEDIATE')
    const closing = outcomeOf(store.close())
    await clock.pass(patience - 1)
    expect(closing()).toBe('under way')
    backup.exec('COMMIT')
    await clock.pass(2 * pause)
    expect(closing()).toBe('done')

    backup.exec('BEGIN EXCLUSIVE')
    const opened = openEmbedded(directory)
    const opening = outcomeOf(opened)
    await clock.pass(patience - 1)
    expect(opening()).toBe('under way')
    backup.close()
    await clock.pass(2 * pause)
    expect(opening()).toBe('done')
    store = await opened
    await store.check()
  })
})

/** How it stands with the work. */
function outcomeOf(work: Promise<unknown>): () => 'under way' | 'done' | 'failed' {
  let outcome: 'under way' | 'done' | 'failed' = 'under way'
  work.then(
    () => (outcome = 'done'),
    () => (outcome = 'failed'),
  )
  return () => outcome
}
