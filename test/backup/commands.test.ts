import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openKeyring } from '../../src/accounts/keyring.ts'
import { createLinks, type Link } from '../../src/accounts/links.ts'
import { keysIn } from '../../src/crypto.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'

const hour = 60 * 60 * 1000
const key = (letter: number): string => Buffer.alloc(32, letter).toString('base64')
const ring = `k1:${key(1)}`
const [ana, ben] = ['175928847299117063', '218430562115657728']

let directory: string
let data: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hearsay-backup-'))
  ;[data, file] = [join(directory, 'data'), join(directory, 'backup')]
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('npm run backup', () => {
  test('beside a running bot, which goes on writing meanwhile', async () => {
    const store = await stored(ana)
    const over = new AbortController()
    const writing = (async () => {
      for (let number = 0; !over.signal.aborted; number += 1)
        await store.set('numbers', `n${number % 500}`, 'x'.repeat(number % 999))
    })()
    const said = await command('backup', file)
    over.abort()
    await writing
    expect(said).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Wrote .*backup, \d+ KB\. Only you may read it\.\nIt holds no keys.*TOKEN_KEYS in/),
    })
    expect(readdirSync(directory).toSorted()).toEqual(['backup', 'data'])
    await store.set('links', ben, 'later')
    await store.close()
    const restored = await command('restore', file, '--replace')
    expect(restored).toMatchObject({ code: 0, out: expect.stringMatching(/^Restored 1 connection and 0 schedules, /) })
  })

  test('of what is over within an hour, of leases and of indexes no byte is in it', async () => {
    const store = await stored(ana)
    await store.set('attempts', 'short', 'for-minutes', hour / 2)
    await store.set('sheets', 'long', 'for-a-week', 2 * hour)
    await store.lease('short-lease', hour)
    await store.setBytes('index', Buffer.from('index-bytes'), hour)
    await command('backup', file)
    await store.close()
    const content = readFileSync(file, 'latin1')
    for (const word of ['for-minutes', 'short-lease', 'index-bytes']) expect(content).not.toContain(word)
    for (const word of ['for-a-week', ana]) expect(content).toContain(word)
  })

  test('a file that is there stays, unless it is to be replaced', async () => {
    await (await stored(ana)).close()
    writeFileSync(file, 'precious')
    expect(await command('backup', file)).toMatchObject({ code: 1, error: expect.stringContaining('--replace') })
    expect(readFileSync(file, 'utf8')).toBe('precious')
    expect(await command('backup', file, '--replace')).toMatchObject({ code: 0 })
    expect(await command('restore', file, '--replace')).toMatchObject({ code: 0 })
  })

  test('within DATA_DIR nothing is replaced, by no path', async () => {
    await (await stored(ana)).close()
    writeFileSync(join(data, 'token-keys'), ring)
    mkdirSync(join(data, 'folder'))
    symlinkSync(data, join(directory, 'link'))
    symlinkSync(join(data, 'token-keys'), join(directory, 'keys'))
    const inside = ['data/token-keys', 'data/new', 'data/folder/new', 'link/token-keys', 'link/new', 'keys']
    for (const name of inside) {
      const said = await command('backup', join(directory, name), '--replace')
      expect(said).toEqual({ code: 1, out: '', error: expect.stringMatching(/own files\. Choose another place\.\n$/) })
    }
    expect(readFileSync(join(data, 'token-keys'), 'utf8')).toBe(ring)
    expect(readdirSync(data)).not.toContain('new')
    expect(await command('backup', join(directory, 'data.backup'))).toMatchObject({ code: 0 })
  })

  test('with keys that do not fit, or none, it is made, and nobody is told to keep those', async () => {
    await (await stored(ana)).close()
    const gone = await command('backup', file, { TOKEN_KEYS: '' })
    expect(gone).toMatchObject({ code: 1, out: expect.stringMatching(/^Wrote [^\n]*\n$/) })
    expect(gone.error).toMatch(/of no use with the keys that are here\. What is stored was .* Put .*token-keys back/)
    writeFileSync(join(data, 'token-keys'), `k1:${key(2)}`)
    const other = await command('backup', file, '--replace', { TOKEN_KEYS: '' })
    expect(other).toMatchObject({ code: 1, error: expect.stringContaining('token-keys holds another key "k1"') })
  })

  test('of a bot that was killed, with what is in its log', async () => {
    const store = await stored(ana)
    await store.set('sheets', 'last', 'written-last')
    const killed = join(directory, 'killed')
    cpSync(data, killed, { recursive: true })
    await store.close()
    rmSync(join(killed, 'hearsay.sqlite-shm'))
    expect(await command('backup', file, { DATA_DIR: killed })).toMatchObject({ code: 0 })
    expect(readFileSync(file, 'latin1')).toContain('written-last')
  })

  test('of a stopped bot it leaves nothing beside the store', async () => {
    await (await stored(ana)).close()
    const before = readdirSync(data)
    expect(await command('backup', file)).toMatchObject({ code: 0 })
    expect(readdirSync(data)).toEqual(before)
  })

  test.each<[string, () => void | Promise<void>, () => string[], string]>([
    ['nothing is stored', () => undefined, () => [file], 'Nothing is stored in'],
    ['the folder is not there', stop, () => [join(directory, 'no', 'backup')], 'its folder is not there. Make it'],
    ['the name is that of a folder', stop, () => [directory, '--replace'], 'is there already'],
    ['the store is damaged', () => spoil(() => join(data, 'hearsay.sqlite')), () => [file], 'Restore a backup'],
  ])('%s: one sentence', async (_, prepare, given, sentence) => {
    await prepare()
    const said = await command('backup', ...given())
    expect(said).toEqual({ code: 1, out: '', error: expect.stringMatching(/^[^\n]+\n$/) })
    expect(said.error).toContain(sentence)
    expect(existsSync(file)).toBe(false)
    expect(existsSync(`${file}.part`)).toBe(false)
  })
})

test('the file of a stopped bot of 0.1.0 can be restored as it is', async () => {
  const earlier = 'test/fixtures/0.1.0/sqlite/directory'
  const given = { TOKEN_KEYS: readFileSync(join(earlier, 'token-keys'), 'utf8').trim() }
  const said = await command('restore', join(earlier, 'hearsay.sqlite'), given)
  expect(said).toMatchObject({ code: 0, out: expect.stringMatching(/^Restored [1-9]\d* connections? and [1-9]/) })
  expect(readdirSync(earlier)).toHaveLength(2)
})

describe('npm run restore', () => {
  beforeEach(async () => {
    await (await stored(ana)).close()
    await command('backup', file)
  })

  test.each([
    ['is not there', () => rmSync(file), 'is not there'],
    ['was not copied to its end', () => cut(20_000), 'ends too early'],
    ['was hardly begun', () => cut(50), 'ends too early'],
    ['is empty', () => cut(0), 'ends too early'],
    ['has a page of something else in it', () => spoil(() => file), 'is damaged'],
    ['is a text', () => writeFileSync(file, 'hello '.repeat(1_000)), 'is no backup of Hearsay'],
    ['is the database of something else', () => sql('DROP TABLE records'), 'is no backup of Hearsay'],
    ['was made by a newer release', () => sql('PRAGMA user_version = 2'), 'Update Hearsay first'],
  ])('a file that %s: one sentence, and what is stored stays', async (_, change, sentence) => {
    change()
    await expectRefused(sentence, {}, '--replace')
  })

  test('while the bot runs', async () => {
    const store = await openEmbedded(data)
    await expectRefused('Another Hearsay is already running', {}, '--replace')
    await store.close()
  })

  test('a row that makes no sense keeps nobody else from being restored', async () => {
    sql(
      `UPDATE records SET value = '{' WHERE kind = 'numbers'; INSERT INTO records VALUES ('links', '1', '{', 1, NULL), ('roundups', '2', '{', 1, NULL)`,
    )
    expect(await command('restore', file, '--replace')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Restored 2 connections and 1 schedule, /),
    })
  })

  test('what a bot that was killed has left there is gone with the store that is replaced', async () => {
    writeFileSync(join(data, 'hearsay.sqlite-wal'), 'x'.repeat(10_000))
    expect(await command('restore', file, '--replace')).toMatchObject({ code: 0 })
    expect(readdirSync(data).toSorted()).toEqual(['hearsay.sqlite', 'lock.sqlite', 'reserve'])
    const store = await openEmbedded(data)
    expect(await store.get('links', ana)).toMatchObject({ id: 'a link' })
    expect(await store.get('backup', 'made')).toBeUndefined()
    await store.close()
  })

  test('over data, without being told so', () => expectRefused('add --replace'))

  test('without the keys', async () => {
    rmSync(join(data, 'hearsay.sqlite'))
    await expectRefused(`Put your copy of token-keys at ${join(data, 'token-keys')}`, { TOKEN_KEYS: '' })
  })

  test('with other keys', async () => {
    await expectRefused('holds another key "k1"', { TOKEN_KEYS: `k1:${key(2)}` }, '--replace')
    await expectRefused('lacks the key "k1"', { TOKEN_KEYS: `k2:${key(2)}` }, '--replace')
  })

  test('with keys that open no connection', async () => {
    sql(`UPDATE records SET value = replace(value, '"refreshToken":"v1.k1.', '"refreshToken":"v1.k1.AAAA')`)
    await expectRefused('The keys do not fit the backup', {}, '--replace')
  })

  test('with Redis, it says what to do instead', async () => {
    const said = await command('restore', file, { REDIS_URL: 'redis://127.0.0.1:1' })
    expect(said).toEqual({
      code: 1,
      out: '',
      error: expect.stringMatching(/^With REDIS_URL, [^\n]*operating\.md[^\n]*\n$/),
    })
  })

  test.each([[['backup']], [['restore', '--force', 'file']], [['restore', 'one', 'two']]])(
    '%j: how to use it',
    async (given) => {
      expect(await command(...given)).toMatchObject({
        code: given.length > 1 ? 1 : 0,
        out: expect.stringMatching(/^npm run backup -- FILE/),
      })
    },
  )

  async function expectRefused(
    sentence: string,
    env: Record<string, string> = {},
    ...options: string[]
  ): Promise<void> {
    const before = readdirSync(data)
    const kept = before.includes('hearsay.sqlite') && readFileSync(join(data, 'hearsay.sqlite'))
    const said = await command('restore', file, ...options, env)
    expect(said).toEqual({ code: 1, out: '', error: expect.stringMatching(/^[^\n]+\n$/) })
    expect(said.error).toContain(sentence)
    expect(said.error).not.toContain(key(1))
    expect(readdirSync(data)).toEqual(before)
    if (kept) expect(readFileSync(join(data, 'hearsay.sqlite')).equals(kept)).toBe(true)
  }

  function cut(bytes: number): void {
    writeFileSync(file, readFileSync(file).subarray(0, bytes))
  }

  function sql(statement: string): void {
    using database = new DatabaseSync(file)
    database.exec(statement)
  }
})

/** A store with somebody's link in it, and enough beside it for a few pages. */
async function stored(person: string) {
  const store = await openEmbedded(data)
  const { encryptRefreshToken } = createLinks(store, await openKeyring(keysIn(ring), store))
  const link: Link = {
    ...{ id: 'a link', version: 1, spotifyId: 'spotify', spotifyName: 'Ana', clientId: 'app', scope: [] },
    ...{ authorizedAt: Date.now(), endedAt: null, refreshToken: encryptRefreshToken(person, 'token') },
  }
  await store.set('links', person, link)
  for (let number = 0; number < 300; number += 1) await store.set('numbers', `n${number}`, 'x'.repeat(200))
  return store
}

async function stop(): Promise<void> {
  const store = await stored(ana)
  await store.close()
}

async function spoil(path: () => string): Promise<void> {
  if (!existsSync(path())) await stop()
  const bytes = readFileSync(path())
  writeFileSync(path(), bytes.fill(7, 4_096, 12_288))
}

async function command(...given: (string | Record<string, string>)[]) {
  const env = Object.assign(
    { PATH: process.env['PATH'], DATA_DIR: data, TOKEN_KEYS: ring },
    ...given.filter((one) => typeof one !== 'string'),
  )
  const words = given.filter((one) => typeof one === 'string')
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    execFile(process.execPath, ['src/backup/main.ts', ...words], { env }, (failure, out, error) => {
      resolve({ code: Number(failure?.code ?? 0), out, error })
    })
  })
}
