import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageOf, startWorld, type World } from '../world/world.ts'

let world: World
let backup: DatabaseSync
beforeAll(async () => {
  world = await startWorld()
  backup = new DatabaseSync(join(world.env['DATA_DIR'] ?? '', 'hearsay.sqlite'))
})
afterAll(async () => {
  backup.close()
  await world.stop()
})

test('a backup locks the file for a moment: Ana and Ben notice nothing', async () => {
  backup.exec('BEGIN IMMEDIATE')
  const asked = ['ana', 'ben'].map((name) => world.person(name).uses('link'))
  await sleep(400)
  backup.exec('COMMIT')
  for (const outcome of await Promise.all(asked)) {
    expect(outcome.acknowledgedAfter).toBeLessThan(1_000)
    expect(messageOf(outcome).components.length).toBe(1)
  }
})

test('a backup locks the file for longer: each is acknowledged within a second, and told', async () => {
  backup.exec('BEGIN IMMEDIATE')
  const asked = Array.from({ length: 5 }, () => world.person('ana').uses('link'))
  for (const outcome of await Promise.all(asked)) {
    expect(outcome.acknowledgedAfter).toBeLessThan(1_000)
    expect(messageOf(outcome).content).toContain('cannot reach its memory')
  }
  backup.exec('COMMIT')
  expect(world.errors.splice(0).every((line) => line.includes('DATA_DIR'))).toBe(true)
})
