import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { makeFirstKey, openKeyring, readKeyring } from '../../src/accounts/keyring.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { sha256 } from '../../src/crypto.ts'
import { dayMeter, meterName } from '../../src/spotify/rate-limit/day-usage.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startRedis, startSentinels, startTlsRedis, tell, withoutRedis } from '../store/redis-server.ts'
import type { RedisServer } from '../store/redis-server.ts'
import { makeCertificate } from '../world/certificate.ts'
import { until } from '../world/until.ts'
import { complaints, visit } from './visit.ts'

let sandbox: Sandbox
let directory: string
let env: Record<string, string | undefined>
beforeAll(async () => {
  sandbox = await startSandbox()
  directory = mkdtempSync(join(tmpdir(), 'hearsay-doctor-'))
  env = { ...sandbox.env, DATA_DIR: join(directory, 'data'), TOKEN_KEYS: undefined }
})
afterAll(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true })
})

const another = `k1:${Buffer.alloc(32, 7).toString('base64')}`

/** Lets the operator's app have asked so much, and Spotify have refused after so many. */
async function spend(where: Parameters<typeof openStore>[0], pages: number, learned?: number): Promise<void> {
  const store = await openStore(where)
  const key = sha256(env['SPOTIFY_CLIENT_ID'] ?? '')
  const entry = { ...dayMeter, owner: 'bot', spent: [{ amount: pages, ago: 1 }], held: 0, want: 0, limit: 1 }
  for (const part of [undefined, 'page']) await store.meter(meterName(key, part), entry)
  if (learned !== undefined) await store.set('learned-limit', key, { limit: learned, at: Date.now(), set: null })
  await store.close()
}

const requestsIn = (findings: readonly Finding[]) => findings.find(({ about }) => about === 'Spotify requests')

describe('the file', () => {
  test('how many requests were made within a day, and what to do where whole libraries are no longer read', async () => {
    const where = { directory: join(directory, 'spent') }
    const there = { ...env, DATA_DIR: where.directory }
    await spend(where, 700)
    const says =
      '700 of 1000 in the last 24 hours (700 for pages, 0 for whole libraries, 0 for roundups, 0 for accounts). The limit is assumed: Spotify names none.'
    expect(requestsIn(await visit(there))).toEqual({ verdict: 'ok', about: 'Spotify requests', says })
    expect(requestsIn(await visit({ ...there, SPOTIFY_DAILY_REQUESTS: '2000' }))?.says).toContain(
      '700 of 2000 in the last 24 hours (700 for pages, 0 for whole libraries, 0 for roundups, 0 for accounts). The limit is SPOTIFY_DAILY_REQUESTS.',
    )
    await spend(where, 50)
    expect(requestsIn(await visit(there))).toMatchObject({
      verdict: 'note',
      says: expect.stringMatching(/^750 of 1000 .*Three quarters are used, .*SPOTIFY_DAILY_REQUESTS\.$/),
    })
    await spend(where, 251)
    expect(requestsIn(await visit(there))).toMatchObject({
      verdict: 'note',
      says: expect.stringMatching(/^1001 of 1000 .*Spotify has answered more than that, .*set SPOTIFY_DAILY_REQUESTS/),
    })
  })

  test('CF-172 a ring that does not open what is stored is refused, and one that does is told, without a trace', async () => {
    const data = env['DATA_DIR'] ?? ''
    const store = await openStore({ directory: data })
    await makeFirstKey(join(data, 'token-keys'), store)
    await openKeyring(readKeyring(join(data, 'token-keys')), store)
    await store.setBytes('index', Buffer.from('songs'), 3_600_000)
    await store.close()
    const files = readdirSync(data, { recursive: true })
    expect(await complaints(env)).toEqual([])
    expect(await visit(env)).toContainEqual({
      verdict: 'ok',
      about: 'DATA_DIR',
      says: expect.stringContaining('No Hearsay is running on it.'),
    })
    expect(await complaints({ ...env, TOKEN_KEYS: another })).toEqual([expect.stringMatching(/^Key ring: .*"k1"/)])
    rmSync(join(data, 'token-keys'))
    expect(await complaints(env)).toEqual([
      expect.stringMatching(/^Key ring: .* key that is gone\. Put .*token-keys back/),
    ])
    expect(readdirSync(data, { recursive: true })).toEqual(files.filter((name) => name !== 'token-keys'))
  })

  test('CF-178 a place that is no directory, belongs to everybody, or holds something else', async () => {
    writeFileSync(join(directory, 'file'), '')
    expect(await complaints({ ...env, DATA_DIR: join(directory, 'file') })).toEqual([
      expect.stringMatching(/^DATA_DIR: .*is not a directory\. Set DATA_DIR/),
    ])
    mkdirSync(join(directory, 'all'))
    chmodSync(join(directory, 'all'), 0o1777)
    expect(await complaints({ ...env, DATA_DIR: join(directory, 'all') })).toEqual([
      expect.stringMatching(/^DATA_DIR: .*belongs to everybody \(sticky bit\)/),
    ])
    mkdirSync(join(directory, 'odd'))
    writeFileSync(join(directory, 'odd', 'hearsay.sqlite'), 'This is a diary and not a database. '.repeat(50))
    expect(await complaints({ ...env, DATA_DIR: join(directory, 'odd') })).toEqual([
      expect.stringMatching(/^Store: .*is not a Hearsay database/),
    ])
    writeFileSync(join(directory, 'odd', 'hearsay.sqlite'), '')
    expect(await complaints({ ...env, DATA_DIR: join(directory, 'odd') })).toEqual([
      expect.stringMatching(/^Store: .*hearsay\.sqlite is empty, .* Restore a backup/),
    ])
  })
})

describe.skipIf(withoutRedis())('Redis', () => {
  let redis: RedisServer
  beforeAll(async () => (redis = await startRedis(['--appendonly', 'yes'])))
  afterAll(() => redis.stop())
  const withRedis = (url = redis.url) => ({ ...env, REDIS_URL: url, TOKEN_KEYS: another })
  const configure = (setting: string, value: string) => tell(redis, 'CONFIG', 'SET', setting, value)

  test('one that keeps everything and drops nothing is well', async () => {
    const findings = await visit(withRedis())
    expect(findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
    const first = { verdict: 'note', about: 'Key ring', says: 'k1: the first one encrypts from the next start on.' }
    expect(findings).toContainEqual(first)
    expect(await tell(redis, 'DBSIZE')).toBe(':0')
  })

  test('how many requests were made within a day, of a limit that was learned', async () => {
    await spend({ redisUrl: redis.url }, 700, 800)
    expect(requestsIn(await visit(withRedis()))?.says).toMatch(
      /^700 of 800 in the last 24 hours \(700 for pages, .*\)\. The limit was learned when Spotify refused more\. Three quarters/,
    )
    await tell(redis, 'FLUSHALL')
  })

  test('one that would lose or drop links is not', async () => {
    await configure('appendonly', 'no')
    await configure('maxmemory-policy', 'allkeys-lru')
    const eviction = expect.stringMatching(/^Redis eviction: .*\(allkeys-lru\).*--maxmemory-policy noeviction/)
    expect(await complaints(withRedis())).toEqual([
      expect.stringMatching(/^Redis persistence: .*restart unlinks everybody.*--appendonly yes/),
      eviction,
    ])
    await configure('save', '3600 1')
    expect(await complaints(withRedis())).toEqual([eviction])
    expect((await visit(withRedis())).find(({ about }) => about === 'Redis persistence')).toEqual({
      verdict: 'note',
      about: 'Redis persistence',
      says: expect.stringContaining('Snapshots only (3600 1)'),
    })
  })

  test('RD-137 one that is full', async () => {
    await configure('maxmemory-policy', 'noeviction')
    await configure('maxmemory', '1000')
    expect(await complaints(withRedis())).toEqual([expect.stringMatching(/^Store: .*does not take data.*OOM/)])
    await configure('maxmemory', '0')
  })

  test('CF-172 one whose links another keyring has encrypted', async () => {
    const store = await openStore({ redisUrl: redis.url })
    await openKeyring([{ id: 'k1', key: Buffer.alloc(32, 9) }], store)
    await store.close()
    expect(await complaints(withRedis())).toEqual([expect.stringMatching(/^Key ring: .*"k1"/)])
  })

  test('one whose user may not ask INFO is a note, and one that answers nothing else is as wrong as at the start', async () => {
    await tell(redis, 'FLUSHALL')
    await tell(redis, 'ACL', 'SETUSER', 'ana', 'on', '>pass-word', '~*', '+@all', '-info', '-config')
    const url = redis.url.replace('//', '//ana:pass-word@')
    const findings = await visit(withRedis(url))
    expect(findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
    expect(findings).toContainEqual({
      verdict: 'note',
      about: 'Redis',
      says: expect.stringContaining("'info' command"),
    })
    await tell(redis, 'ACL', 'SETUSER', 'ana', '-@scripting')
    expect(await complaints(withRedis(url))).toEqual([
      expect.stringMatching(/^Store: .*Run ACL SETUSER.*'eval' command/),
    ])
    expect(await complaints(withRedis(`${redis.url},${redis.url}`))).toEqual([
      expect.stringMatching(/^Store: .*is not a cluster\. Write one address/),
    ])
  })

  test('one that has INFO and CONFIG renamed, as managed ones do, starts, and is a note', async () => {
    const managed = await startRedis(['--rename-command', 'INFO', '', '--rename-command', 'CONFIG', ''])
    onTestFinished(() => managed.stop())
    const store = await openStore({ redisUrl: managed.url })
    await store.setBytes('index', Buffer.from('songs'), 60_000)
    await store.close()
    const findings = await visit(withRedis(managed.url))
    expect(findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
    const says = expect.stringMatching(/INFO is refused\. Ask its provider what a restart would lose.*unknown command/)
    expect(findings).toContainEqual({ verdict: 'note', about: 'Redis', says })
  })

  test('one behind Sentinels: whether anything can take its place', async () => {
    const { servers, stop, url } = await startSentinels()
    onTestFinished(stop)
    const replicas = async () => (await visit(withRedis(url))).filter(({ about }) => about === 'Redis replicas')
    expect(await replicas()).toMatchObject([{ verdict: 'ok', says: 'One can take the place of the master.' }])
    await servers[1].kill()
    await until('a master alone', async () =>
      (await tell(servers[0], 'INFO', 'replication')).includes('connected_slaves:0'),
    )
    expect(await replicas()).toMatchObject([{ verdict: 'note', says: expect.stringMatching(/nothing can take/) }])
  })

  test('one with a certificate that nobody knows, and with REDIS_CA_FILE', async () => {
    const certificate = makeCertificate()
    const redis = await startTlsRedis(certificate, ['--appendonly', 'yes'])
    onTestFinished(() => redis.stop())
    expect(await complaints(withRedis(redis.tlsUrl))).toEqual([
      expect.stringMatching(/^Store: The certificate of Redis .*Set REDIS_CA_FILE to a file/),
    ])
    const file = join(directory, 'ca.pem')
    writeFileSync(file, certificate.cert)
    expect(await complaints({ ...withRedis(redis.tlsUrl), REDIS_CA_FILE: file })).toEqual([])
  })

  test('CF-174 one that is not there, and RD-139 one that refuses the password', async () => {
    expect(await complaints(withRedis('redis://127.0.0.1:9'))).toEqual([
      expect.stringMatching(/^Store: No Redis answers at 127\.0\.0\.1:9/),
    ])
    await configure('requirepass', 'sesame-street')
    expect(await complaints(withRedis(redis.url.replace('//', '//:wrong-word@')))).toEqual([
      expect.stringMatching(/^Store: Redis at 127\.0\.0\.1:\d+ refuses the login/),
    ])
  })
})
