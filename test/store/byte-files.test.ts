import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { openSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StatementSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openByteFiles } from '../../src/store/byte-files.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'
import { StoreFullError, StoreUnavailableError } from '../../src/store/store.ts'
import { until, waitLimit as patience } from '../world/until.ts'
import { failureOf } from './failing.ts'
import { over } from './lifetimes.ts'
import { written } from './written.ts'

let directory: string
const folder = () => join(directory, 'libraries')
const inFolder = () => (existsSync(folder()) ? readdirSync(folder()).toSorted() : [])
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hearsay-bytes-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const hour = 3_600_000
const song = Buffer.from('Sixteen Raincoats')

test('the directory and what is in it are for their owner alone, and a start without any makes none', async () => {
  const store = await openEmbedded(directory, patience)
  expect(await store.getBytes('ana')).toBeUndefined()
  expect(await store.deleteBytes('ana')).toBe(false)
  expect(existsSync(folder())).toBe(false)
  await store.setBytes('ana', song, hour)
  expect(statSync(folder()).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder(), 'ana.bytes')).mode & 0o777).toBe(0o600)
  await store.close()
})

test('what was set is there after the next start, with its end, and what is over has left the disk', async () => {
  const store = await openEmbedded(directory, patience)
  await store.setBytes('ana', song, hour)
  await store.setBytes('ben', song, 1)
  const end = (await store.statBytes('ana'))?.until
  await over(1)
  await store.close()
  expect(inFolder()).toEqual(['ana.bytes'])
  const again = await openEmbedded(directory, patience)
  expect(await again.getBytes('ana')).toEqual(song)
  expect(await again.statBytes('ana')).toEqual({ bytes: song.length, until: end })
  expect(await again.deleteBytes('ana')).toBe(true)
  expect(inFolder()).toEqual([])
  await again.close()
})

test('what ended while nothing ran goes soon after the start, beside what a crash has left', async () => {
  const killed = openByteFiles(directory, { patience })
  await killed.operations.setBytes('ana', song, hour)
  await killed.operations.setBytes('ben', song, 1)
  const unfinished = '0b1f7a52-7f4c-4c39-9a52-3d6c6c0a4a11-7.tmp'
  writeFileSync(join(folder(), unfinished), 'half a lib')
  await over(1)
  const store = await openEmbedded(directory, patience)
  await expect.poll(inFolder).toEqual(['ana.bytes'])
  await store.close()
})

test('an end that is further away than any may be counts as over, and the folder may be a link', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'hearsay-bytes-'))
  onTestFinished(() => rmSync(elsewhere, { recursive: true }))
  symlinkSync(elsewhere, folder())
  const files = openByteFiles(directory, { patience })
  for (const name of ['ana', 'ben']) await files.operations.setBytes(name, song, 168 * hour)
  expect(readdirSync(elsewhere)).toHaveLength(2)
  const year = Date.now() / 1000 + 365 * 24 * 3600
  utimesSync(join(elsewhere, 'ana.bytes'), year, year)
  expect(await files.operations.getBytes('ana')).toBeUndefined()
  expect(await files.operations.getBytes('ben')).toEqual(song)
  await files.sweep()
  expect(readdirSync(elsewhere)).toEqual(['ben.bytes'])
  await files.close()
})

test('files of others and links are left alone, and read as nothing', async () => {
  writeFileSync(join(directory, 'diary'), 'dear diary')
  mkdirSync(join(folder(), 'ben.bytes'), { recursive: true })
  symlinkSync(join(directory, 'diary'), join(folder(), 'ana.bytes'))
  for (const name of ['notes.txt', '.bytes', 'a b.bytes', 'x.tmp']) writeFileSync(join(folder(), name), name)
  const before = inFolder()
  const store = await openEmbedded(directory, patience)
  for (const name of ['ana', 'ben']) {
    expect(await store.getBytes(name)).toBeUndefined()
    expect(await store.touchBytes(name, hour)).toBe(false)
    expect(await store.deleteBytes(name)).toBe(false)
  }
  await store.setBytes('cleo', song, hour)
  await store.close()
  expect(inFolder()).toEqual([...before, 'cleo.bytes'].toSorted())
  expect(readFileSync(join(directory, 'diary'), 'utf8')).toBe('dear diary')
  // What takes the place of a link does not go where it leads.
  const again = await openEmbedded(directory, patience)
  await again.setBytes('ana', song, hour)
  expect(readFileSync(join(directory, 'diary'), 'utf8')).toBe('dear diary')
  expect(await failureOf(again.setBytes('ben', song, hour))).toBeInstanceOf(StoreUnavailableError)
  await again.close()
  expect(inFolder().filter((name) => name.endsWith('.tmp'))).toEqual(['x.tmp'])
})

test('a directory that cannot be used is an error that says so, and the store goes on without it', async () => {
  writeFileSync(folder(), 'a file where the directory should be')
  const store = await openEmbedded(directory, patience)
  expect(await store.getBytes('ana')).toBeUndefined()
  expect(await store.deleteBytes('ana')).toBe(false)
  const failure = await failureOf(store.setBytes('ana', song, hour))
  expect(failure).toBeInstanceOf(StoreUnavailableError)
  expect(failure.message).toMatch(/libraries is not usable \(EEXIST\)\. Check its owner/)
  await store.set('links', 'ana', 1)
  await store.check()
  await store.close()
})

test('a disk with little room takes nothing that may be lost, and still what may not', async () => {
  const files = openByteFiles(directory, { patience, leaveFree: 2 ** 60 })
  const failure = await failureOf(files.operations.setBytes('ana', song, hour))
  expect(failure).toBeInstanceOf(StoreFullError)
  expect(failure.message).toContain('less than 64 MB of its disk is free. Free some space.')
  expect(inFolder()).toEqual([])
})

test('a file that finds no room is an error, leaves what was there, and nothing half-written', async () => {
  const store = await openEmbedded(directory, patience)
  await store.setBytes('ana', song, hour)
  await store.close()
  expect((await written(writerPath, [directory, '400000'], { blocks: 400 })).at(-1)).toMatch(
    /^StoreFullError: The disk of .*libraries is full/,
  )
  expect(inFolder()).toEqual(['ana.bytes'])
  expect(readFileSync(join(folder(), 'ana.bytes'))).toEqual(song)
})

test('kill -9 of a writer leaves bytes that are whole, as old as the last that it was told of or newer', async () => {
  for (const enough of [1, 7, 30]) {
    const acknowledged = (await written(writerPath, [directory, '300000'], { enough })).map(Number)
    const store = await openEmbedded(directory, patience)
    const found = await store.getBytes('ana')
    const first = Number.parseInt(String(found), 10)
    expect(found?.equals(Buffer.alloc(300_000, `${first} `))).toBe(true)
    expect(first).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? Infinity)
    await store.close()
    expect(inFolder()).toEqual(['ana.bytes'])
  }
})

test('more than the directory may hold: those with the nearest end go, also of what an earlier process left', async () => {
  const size = 40_000
  const first = openByteFiles(directory, { patience, most: 100 * size })
  for (const [name, ttl] of Object.entries({ ana: 3, ben: 1, cleo: 4, dan: 2 }))
    await first.operations.setBytes(name, randomBytes(size), ttl * hour)
  await first.operations.touchBytes('ben', 5 * hour)
  await first.close()
  const files = openByteFiles(directory, { patience, most: 4.5 * size })
  await files.sweep()
  await files.operations.setBytes('eve', randomBytes(size), 6 * hour)
  expect(inFolder()).toEqual(['ana', 'ben', 'cleo', 'eve'].map((name) => `${name}.bytes`))
  // One that is replaced makes its own room.
  await files.operations.setBytes('ana', randomBytes(size), 7 * hour)
  expect(inFolder()).toHaveLength(4)
  await files.operations.setBytes('fay', randomBytes(2 * size), 8 * hour)
  expect(inFolder()).toEqual(['ana', 'eve', 'fay'].map((name) => `${name}.bytes`))
  expect(await failureOf(files.operations.setBytes('gus', randomBytes(5 * size), hour))).toBeInstanceOf(StoreFullError)
  expect(inFolder()).toHaveLength(3)
  await files.close()
  const smaller = openByteFiles(directory, { patience, most: 2.5 * size })
  await smaller.sweep()
  expect(inFolder()).toEqual(['fay.bytes'])
  await smaller.close()
})

test('what could not be written takes no room from others', async () => {
  mkdirSync(join(folder(), 'ben.bytes'), { recursive: true })
  const files = openByteFiles(directory, { patience, most: 100_000 })
  await files.operations.setBytes('ana', randomBytes(40_000), hour)
  await failureOf(files.operations.setBytes('ben', randomBytes(40_000), 2 * hour))
  await files.operations.setBytes('cleo', randomBytes(40_000), 3 * hour)
  expect(inFolder()).toEqual(['ana.bytes', 'ben.bytes', 'cleo.bytes'])
  await files.close()
})

test('what is set anew while the old is swept stays', async () => {
  const files = openByteFiles(directory, { patience })
  await files.sweep()
  await files.operations.setBytes('ana', song, 1)
  await over(1)
  const setting = files.operations.setBytes('ana', song, hour)
  await files.sweep()
  await setting
  expect(await files.operations.getBytes('ana')).toEqual(song)
  await files.close()
})

test('many who write at once stay below what the directory may hold, and none waits for another', async () => {
  const files = openByteFiles(directory, { patience, most: 500_000 })
  const writing = Array.from({ length: 60 }, (_, at) =>
    files.operations.setBytes(`ana${at % 20}`, randomBytes(50_000), hour),
  )
  const outcomes = await Promise.allSettled(writing)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StoreFullError)
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(5)
  const used = inFolder().reduce((sum, name) => sum + statSync(join(folder(), name)).size, 0)
  expect(used).toBeGreaterThan(0)
  expect(used).toBeLessThanOrEqual(500_000)
  await files.close()
})

test('a database that finds no room is given some by what may be lost', async () => {
  const store = await openEmbedded(directory, patience)
  await store.setBytes('ana', randomBytes(100_000), hour)
  const real = StatementSync.prototype.run
  const spy = vi.spyOn(StatementSync.prototype, 'run').mockImplementation(function (this: StatementSync, ...values) {
    if (inFolder().length > 0) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
    return real.apply(this, values)
  })
  onTestFinished(() => spy.mockRestore())
  expect(await failureOf(store.set('links', 'ana', 1))).toBeInstanceOf(StoreFullError)
  await until('room', () => inFolder().length === 0)
  await store.set('links', 'ana', 1)
  expect(await store.get('links', 'ana')).toBe(1)
  await store.close()
})

test('a database that finds no room takes those with the nearest end, and no more than it needs', async () => {
  const files = openByteFiles(directory, { patience, leaveFree: 100_000 })
  for (const [name, ttl] of Object.entries({ ana: 3, ben: 1, cleo: 2 }))
    await files.operations.setBytes(name, randomBytes(60_000), ttl * hour)
  await files.giveRoom()
  expect(inFolder()).toEqual(['ana.bytes'])
  await files.close()
})

test('close waits for what is under way, and after it everything is refused', async () => {
  const store = await openEmbedded(directory, patience)
  const setting = Array.from({ length: 20 }, (_, at) => store.setBytes(`ana${at}`, randomBytes(500_000), hour))
  const deleting = store.deleteBytes('ana3')
  await store.close()
  expect(inFolder()).toHaveLength(19)
  await Promise.all(setting)
  expect(await deleting).toBe(true)
  for (const call of [store.getBytes('ana1'), store.setBytes('ana1', song, hour), store.deleteBytes('ana1')])
    expect(await failureOf(call)).toEqual(new StoreUnavailableError('The store is closed.'))
  expect(inFolder()).toHaveLength(19)
})

test('a disk that does not answer is an error in time, and close does not wait for it', async () => {
  const files = openByteFiles(directory, { patience: 200 })
  const pipe = join(directory, 'pipe')
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe])
  // All threads that Node has for files wait until somebody writes into it.
  const stuck = Array.from({ length: 16 }, () => open(pipe, 'r'))
  const failure = await failureOf(files.operations.getBytes('ana'))
  expect(failure).toEqual(new StoreUnavailableError(`The disk of ${folder()} did not answer in time.`))
  await files.close()
  const other = openSync(pipe, 'w')
  for (const handle of await Promise.all(stuck)) await handle.close()
  closeSync(other)
})

test('no byte of what was deleted or is over is in any file', async () => {
  const store = await openEmbedded(directory, patience)
  for (const name of ['ana', 'ben', 'cleo']) await store.setBytes(name, Buffer.from(`GoneForGood ${name}`), hour)
  await store.touchBytes('ben', 1)
  const replacing = store.setBytes('ana', Buffer.from('GoneForGood as well'), hour)
  expect(await store.deleteBytes('ana')).toBe(true)
  await replacing
  await store.setBytes('cleo', Buffer.from('still here'), hour)
  expect(grep('GoneForGood')).toEqual([join(folder(), 'ben.bytes')])
  await over(1)
  await store.close()
  expect(grep('GoneForGood')).toEqual([])
  expect(grep('still here')).toEqual([join(folder(), 'cleo.bytes')])
})

test('whatever is done with a few names at once, in the end there is the last', async () => {
  const files = openByteFiles(directory, { patience })
  const { setBytes, getBytes, touchBytes, deleteBytes, statBytes } = files.operations
  const name = fc.constantFrom('ana', 'ben', '..')
  const call = fc.oneof(
    fc.tuple(fc.constant('set' as const), name, fc.nat(255)),
    fc.tuple(fc.constantFrom('get', 'touch', 'delete', 'sweep', 'stat'), name, fc.nat(255)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
      const model = new Map<string, number>()
      const done: Promise<unknown>[] = []
      for (const [what, at, value] of calls) {
        const held = model.get(at)
        const expected = held === undefined ? undefined : Buffer.alloc(1 + held, held)
        if (what === 'set') done.push(setBytes(at, Buffer.alloc(1 + value, value), hour))
        if (what === 'get') done.push(getBytes(at).then((found) => expect(found).toEqual(expected)))
        if (what === 'touch') done.push(touchBytes(at, hour).then((found) => expect(found).toBe(held !== undefined)))
        if (what === 'delete') done.push(deleteBytes(at).then((found) => expect(found).toBe(held !== undefined)))
        if (what === 'stat') done.push(statBytes(at).then((found) => expect(found?.bytes).toBe(expected?.length)))
        if (what === 'sweep') done.push(files.sweep())
        if (what === 'set') model.set(at, value)
        if (what === 'delete') model.delete(at)
      }
      await Promise.all(done)
      expect(inFolder()).toEqual([...model.keys()].map((at) => `${at}.bytes`).toSorted())
      for (const at of ['ana', 'ben', '..']) await deleteBytes(at)
    }),
  )
  await files.close()
})

/** The files below the data directory that hold a text. */
function grep(text: string): string[] {
  const command = 'grep -rlF "$1" "$2" || true'
  return execFileSync('sh', ['-c', command, 'sh', text, directory]).toString().split('\n').filter(Boolean)
}

const writerPath = new URL('byte-writer.ts', import.meta.url).pathname
