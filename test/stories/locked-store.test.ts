import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { acknowledgedIn } from '../world/outcomes.ts'
import { messageOf, startWorld, unhurried, type World } from '../world/world.ts'

const deadlines = { ...unhurried }

let world: World
let backup: DatabaseSync
beforeEach(async () => {
  // The store waits for the file by this clock, which only the test moves.
  vi.useFakeTimers({ toFake: ['performance'] })
  Object.assign(deadlines, unhurried)
  world = await startWorld({}, 'gateway', deadlines)
  backup = new DatabaseSync(join(world.env['DATA_DIR'] ?? '', 'hearsay.sqlite'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  backup.close()
  await world.stop()
})

test('a backup locks the file for a moment: Ana and Ben notice nothing', async () => {
  const tries = vi.spyOn(StatementSync.prototype, 'run')
  backup.exec('BEGIN IMMEDIATE')
  const asked = ['ana', 'ben'].map((name) => world.person(name).uses('link'))
  await expect.poll(() => tries.mock.results.filter(({ type }) => type === 'throw').length).toBeGreaterThan(4)
  vi.advanceTimersByTime(1_400)
  backup.exec('COMMIT')
  for (const outcome of await Promise.all(asked)) {
    expect(outcome.deferred).toBe(false)
    expect(messageOf(outcome).components.length).toBe(1)
  }
})

test('a backup locks the file for longer: each is acknowledged before the file is given up, and told', async () => {
  // By the real clock, as the fake Discord has it.
  Object.assign(deadlines, { acknowledge: 800 })
  backup.exec('BEGIN IMMEDIATE')
  const asked = ['ana', 'ben', 'chiyo', 'dara', 'emil'].map((name) => world.person(name).uses('link'))
  await expect.poll(() => acknowledgedIn(world.discord.requests)).toBe(5)
  vi.advanceTimersByTime(1_500)
  for (const outcome of await Promise.all(asked)) {
    expect(outcome.deferred).toBe(true)
    expect(messageOf(outcome).content).toContain("can't reach my database")
  }
  backup.exec('COMMIT')
  expect(world.errors.splice(0).every((line) => line.includes('DATA_DIR'))).toBe(true)
})
