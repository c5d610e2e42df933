import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../src/store/sqlite.ts'
import { checkFile, lockRefusal, StoreLockedError } from '../../src/store/sqlite-directory.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import type { Store } from '../../src/store/store.ts'
import { written } from './written.ts'

let directory: string
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'hearsay-embedded-')), 'data')
})
afterEach(() => {
  rmSync(join(directory, '..'), { recursive: true, force: true })
})

test('the directory is made for its owner alone, and an open one is closed to others', async () => {
  await (await openEmbedded(directory)).close()
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  chmodSync(directory, 0o755)
  await (await openEmbedded(directory)).close()
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

test('a directory for everybody, like /tmp, is refused and left as it is', async () => {
  mkdirSync(directory)
  chmodSync(directory, 0o1777)
  await expect(openEmbedded(directory)).rejects.toThrow(/Set DATA_DIR to one that belongs to Hearsay alone/)
  expect(statSync(directory).mode & 0o7777).toBe(0o1777)
})

test('CF-178 a data directory that cannot be written says so, with its cause', async () => {
  writeFileSync(directory, 'a file where the directory should be')
  const failure = await failureOf(openEmbedded(directory))
  expect(failure).toBeInstanceOf(StoreUnavailableError)
  expect(failure.message).toContain(directory)
  expect(failure.cause).toMatchObject({ code: 'EEXIST' })
})

test('what was written is there after close and open, and closing twice is closing once', async () => {
  const store = await openEmbedded(directory)
  await store.set('links', 'ana', { version: 1 })
  await store.schedule('roundups', 'guild', 5)
  await store.close()
  await store.close()
  expect(await failureOf(store.get('links', 'ana'))).toEqual(new StoreUnavailableError('The store is closed.'))

  const again = await openEmbedded(directory)
  expect(await again.get('links', 'ana')).toEqual({ version: 1 })
  expect(await again.due('roundups', 5, 1)).toEqual(['guild'])
  await again.close()
})

test('CF-179 a second opening in the same process is refused and does not loosen the first', async () => {
  const store = await openEmbedded(directory)
  expect(await failureOf(openEmbedded(directory))).toBeInstanceOf(StoreLockedError)
  expect((await written(writerPath, [directory])).at(-1)).toContain('StoreLockedError')
  await store.close()
  await (await openEmbedded(directory)).close()
})

test('CF-179 a second process is refused with a sentence, and let in when the first is killed', async () => {
  const child = spawn(process.execPath, [writerPath, directory])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  await expect(openEmbedded(directory)).rejects.toThrow(
    `Another Hearsay is already running on the data directory ${directory}. Stop it first, or give this one a DATA_DIR`,
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await openEmbedded(directory)).close()
})

test.for([
  ['database is locked', 5],
  ['access permission denied', 3],
  ['disk I/O error', 3_850],
  ['locking protocol', 15],
])(
  'a lock that the system refuses (%s) where nobody is known to have it speaks of network shares too',
  ([says, errcode]) => {
    mkdirSync(directory)
    writeFileSync(join(directory, 'lock.sqlite'), '')
    const refusal = lockRefusal(directory, Object.assign(new Error(String(says)), { errcode }))
    expect(refusal).toBeInstanceOf(StoreLockedError)
    expect(refusal.message).toMatch(
      /cannot be locked; the system says: .*another Hearsay has it.*a network share without locks/,
    )
    expect(refusal.message).toContain(says)
  },
)

// Only there can files of the same inode number be made to order.
const canMount = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

test.skipIf(!canMount)('a lock on a file of the same inode number, but on another device, is none on this one', () => {
  const mounts = ['own', 'foreign'].map((name) => join(directory, name))
  for (const mount of mounts) mkdirSync(mount, { recursive: true })
  const script = new URL('same-inode.ts', import.meta.url).pathname
  const command = 'mount -t tmpfs none "$1" && mount -t tmpfs none "$2" && exec "$0" "$3" "$1/data" "$2/data"'
  const { execPath } = process
  const said = execFileSync('unshare', ['-Urm', 'sh', '-c', command, execPath, ...mounts, script]).toString()
  const { inodes, refusals } = JSON.parse(said) as Record<'inodes' | 'refusals', unknown[]>
  expect(inodes[0]).toBe(inodes[1])
  expect(refusals).toEqual([
    expect.stringMatching(/^Another Hearsay is already running/),
    expect.stringMatching(/cannot be locked; the system says: database is locked/),
  ])
})

test('kill -9 of a writer loses nothing that was acknowledged', async () => {
  for (const enough of [1, 40, 150]) {
    const acknowledged = (await written(writerPath, [directory], { enough })).map(Number)
    const store = await openEmbedded(directory)
    for (const number of acknowledged) {
      expect(await store.get('written', String(number))).toBe(`song ${number} `.repeat(100))
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(enough)
    await store.close()
  }
})

test('a write that finds no room is an error, and what was written before is kept', async () => {
  const lines = await written(writerPath, [directory], { blocks: 400 })
  expect(lines.at(-1)).toMatch(/^StoreFullError: The data directory .* is not usable/)
  const acknowledged = lines.slice(0, -1)
  expect(acknowledged.length).toBeGreaterThan(10)

  const store = await openEmbedded(directory)
  for (const number of acknowledged) expect(await store.get('written', number)).toBeDefined()
  await store.close()
})

const file = () => join(directory, 'hearsay.sqlite')

test.for([
  [
    'an empty file',
    () => writeFileSync(file(), ''),
    /hearsay\.sqlite is empty, .* unlink everybody\. Restore a backup; or, .* delete it\./,
  ],
  [
    'a log without its file',
    () => renameSync(file(), `${file()}-wal`),
    /is gone, and its log is there still\. Restore a backup/,
  ],
  ['a file that is cut off', () => truncateSync(file(), 8_192), /is damaged\. Restore a backup/],
  ['a file of zeros', () => writeFileSync(file(), Buffer.alloc(8_192)), /not a Hearsay database\. Restore a backup/],
  ['one byte', () => writeFileSync(file(), 'S'), /hearsay\.sqlite is cut off, .* unlink everybody\. Restore a backup/],
  ['a few bytes', () => writeFileSync(file(), 'SQLite'), /hearsay\.sqlite is cut off, .* unlink everybody\. Restore/],
  ['half a header', () => truncateSync(file(), 50), /hearsay\.sqlite is cut off, .* unlink everybody\. Restore/],
  [
    'a database of another program',
    () => another('moz_cookies (id INTEGER)'),
    /belongs to another program\. Restore a backup/,
  ],
  [
    'another with the same name',
    () => another('records (id INTEGER)'),
    /belongs to another program\. Restore a backup/,
  ],
] as const)('%s is refused, for the doctor too, and left as it is', async ([, spoil, sentence]) => {
  const store = await openEmbedded(directory)
  await store.set('links', 'ana', 'here')
  await store.close()
  spoil()
  const before = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'base64')])
  await expect(openEmbedded(directory)).rejects.toThrow(sentence)
  expect(() => checkFile(directory)).toThrow(sentence)
  expect(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'base64')])).toEqual(before)
  for (const name of readdirSync(directory)) if (name.startsWith('hearsay')) rmSync(join(directory, name))
  await (await openEmbedded(directory)).close()
})

function another(table: string): void {
  rmSync(file())
  const other = new DatabaseSync(file())
  other.exec(`CREATE TABLE ${table}`)
  other.close()
}

test('a start that crashed between two of its tables goes on, and one that fails later leaves nothing open', async () => {
  mkdirSync(directory, { recursive: true })
  const begun = new DatabaseSync(file())
  begun.exec('PRAGMA journal_mode = WAL')
  begun.close()
  await (await openEmbedded(directory)).close()
  const other = new DatabaseSync(file())
  other.exec('DROP TABLE leases; CREATE VIEW leases AS SELECT 1 AS name')
  other.close()
  await expect(openEmbedded(directory)).rejects.toThrow(StoreUnavailableError)
  // SQLite removes it with the last connection.
  expect(readdirSync(directory)).not.toContain('hearsay.sqlite-wal')
})

test('RD-146 broken JSON in a row is an error that does not quote it', async () => {
  const store = await openEmbedded(directory)
  await store.set('links', 'ana', 'x')
  const other = new DatabaseSync(join(directory, 'hearsay.sqlite'))
  other.exec(`UPDATE records SET value = '{"secret-token'`)
  other.close()
  const failure = await failureOf(store.get('links', 'ana'))
  expect(failure).toBeInstanceOf(StoreUnavailableError)
  expect(failure.message + String(failure.cause)).not.toContain('secret-token')
  await store.close()
})

test('a file that is no database is refused with what to do, and is not touched', async () => {
  mkdirSync(directory)
  writeFileSync(join(directory, 'hearsay.sqlite'), 'Ana keeps her shopping list here. '.repeat(100))
  await expect(openEmbedded(directory)).rejects.toThrow(/not a Hearsay database. Restore a backup or move it away/)
  expect(readFileSync(join(directory, 'hearsay.sqlite'), 'utf8')).toContain('shopping list')
})

test('a database of another program is refused, and the directory let go', async () => {
  mkdirSync(directory)
  const other = new DatabaseSync(join(directory, 'hearsay.sqlite'))
  other.exec('CREATE TABLE records (song TEXT)')
  other.close()
  for (const _attempt of [1, 2]) expect(await failureOf(openEmbedded(directory))).toBeInstanceOf(StoreUnavailableError)
})

test('no byte of somebody who was deleted, or has expired, is left in any file after close', async () => {
  const store = await openEmbedded(directory)
  // Rows that grow and shrink make SQLite split its pages, which leaves copies behind; these are known to.
  for (let turn = 0; turn < 900; turn++) {
    const song = (turn * 137) % 300
    const person = song % 6 ? 'ana' : 'GoneForGood'
    await store.set('songs', `${person}-${song}`, `${person} likes this. `.repeat(1 + ((turn * 137) % 130)))
  }
  await store.set('songs', 'short-lived', 'GoneForGood', 1)
  await store.add('members', 'GoneForGood')
  await store.schedule('due', 'GoneForGood', 1)
  const lease = await store.lease('GoneForGood', 60_000)
  expect(filesHold('GoneForGood')).toBe(true)

  await deleteEverything(store)
  await lease?.release()
  await store.close()
  expect(readdirSync(directory).toSorted()).toEqual(['hearsay.sqlite', 'lock.sqlite', 'reserve'])
  expect(filesHold('GoneForGood')).toBe(false)
  expect(filesHold('ana likes this')).toBe(true)
})

test('no byte of somebody who was deleted is left in any file soon afterwards', async () => {
  const store = await openEmbedded(directory)
  for (let turn = 0; turn < 300; turn++) {
    const song = (turn * 137) % 100
    await store.set('songs', `GoneForGood-${song}`, 'GoneForGood '.repeat(1 + ((turn * 137) % 130)))
  }
  await store.add('members', 'GoneForGood')
  await store.schedule('due', 'GoneForGood', 1)
  await store.set('songs', 'ana', 'ana likes this')
  expect(bytes()).toContain('GoneForGood')

  for (let song = 0; song < 99; song += 3) {
    await store.delete('songs', `GoneForGood-${song}`)
    await store.delete('songs', `GoneForGood-${song + 1}`)
    await store.set('songs', `GoneForGood-${song + 2}`, { version: 1 })
    await store.deleteIfVersion('songs', `GoneForGood-${song + 2}`, 1)
  }
  await store.delete('songs', 'GoneForGood-99')
  await store.remove('members', 'GoneForGood')
  await store.unschedule('due', 'GoneForGood')
  await expect.poll(bytes).not.toContain('GoneForGood')
  expect(bytes()).toContain('ana likes this')
  // Again, after the first time.
  await store.delete('songs', 'ana')
  await expect.poll(bytes).not.toContain('ana likes this')
  await store.close()
})

test('no byte that a process had deleted before it was killed is left in any file soon after the next start', async () => {
  await (await openEmbedded(directory)).close()
  const killed = new DatabaseSync(join(directory, 'hearsay.sqlite'))
  killed.exec('PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL')
  const write = killed.prepare(
    `INSERT INTO records (kind, key, value) VALUES ('songs', ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`,
  )
  for (let turn = 0; turn < 900; turn++) {
    const song = (turn * 137) % 300
    const person = song % 6 ? 'ana' : 'GoneForGood'
    write.run(`${person}-${song}`, `${person} likes this. `.repeat(1 + ((turn * 137) % 130)))
  }
  for (let song = 0; song < 300; song += 6) killed.exec(`DELETE FROM records WHERE key = 'GoneForGood-${song}'`)
  killed.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  write.run('ana', 'ana likes this')
  const left = join(directory, '..', 'left')
  mkdirSync(left)
  execFileSync('sh', ['-c', 'cp hearsay.sqlite* ../left'], { cwd: directory })
  killed.close()

  directory = left
  expect(bytes()).toContain('GoneForGood')
  const store = await openEmbedded(left)
  await expect.poll(bytes).not.toContain('GoneForGood')
  expect(bytes()).toContain('ana likes this')
  await store.close()
})

// By another process: closing any handle of a file here would end the locks on it.
function bytes(): string {
  return execFileSync('sh', ['-c', 'cat hearsay.sqlite*'], { cwd: directory, maxBuffer: 2 ** 28 }).toString('latin1')
}

async function deleteEverything(store: Store): Promise<void> {
  for (let song = 0; song < 300; song += 6) await store.delete('songs', `GoneForGood-${song}`)
  await store.remove('members', 'GoneForGood')
  await store.unschedule('due', 'GoneForGood')
}

// The lock has no content, and reading it would let go of it: closing any handle of a file ends the locks on it.
function filesHold(text: string): boolean {
  expect(statSync(join(directory, 'lock.sqlite')).size).toBe(0)
  const files = readdirSync(directory).filter((file) => file !== 'lock.sqlite')
  return files.some((file) => readFileSync(join(directory, file)).includes(text))
}

const writerPath = new URL('writer.ts', import.meta.url).pathname

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(failure instanceof Error)) throw new Error('It was expected to fail and did not.')
  return failure
}
