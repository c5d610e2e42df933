import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEmbedded } from '../../src/store/sqlite.ts'
import { StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { failureOf } from './failing.ts'

describe('while a backup keeps the file locked', () => {
  let directory: string
  let store: Store
  let backup: DatabaseSync
  beforeEach(async () => {
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
    const start = performance.now()
    const writing = failureOf(store.set('links', 'ana', 1))
    let longestGap = 0
    for (let last = start; last - start < 300;) {
      await sleep(5)
      const now = performance.now()
      longestGap = Math.max(longestGap, now - last)
      last = now
    }
    expect(longestGap).toBeLessThan(200)
    await writing
  })

  test('many changes of Ana’s wait side by side, and are made when it is free', async () => {
    backup.exec('BEGIN IMMEDIATE')
    const writing = Promise.all(Array.from({ length: 20 }, (_, song) => store.set('songs', String(song), song)))
    const taking = store.lease('refresh:ana', 60_000)
    await sleep(200)
    backup.exec('COMMIT')
    await writing
    expect(await taking).toBeDefined()
    expect(await store.get('songs', '19')).toBe(19)
  })

  test('after a second and a half a change is an error that names the reason, and is not made later', async () => {
    backup.exec('BEGIN IMMEDIATE')
    const start = performance.now()
    const failure = await failureOf(store.set('links', 'ana', 1))
    expect(performance.now() - start).toBeGreaterThan(1_400)
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure.message).toContain('Another program keeps the file locked.')
    backup.exec('COMMIT')
    await sleep(50)
    expect(await store.get('links', 'ana')).toBeUndefined()
  })

  test('closing waits for it too, and so does opening', async () => {
    backup.exec('BEGIN IMMEDIATE')
    setTimeout(() => backup.exec('COMMIT'), 200)
    await store.close()
    backup.exec('BEGIN EXCLUSIVE')
    setTimeout(() => backup.close(), 200)
    store = await openEmbedded(directory)
    expect(backup.isOpen).toBe(false)
    await store.check()
  })
})
