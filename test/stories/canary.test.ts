import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'
import { runCanary } from '../canary/run.ts'
import { createSearch } from '../canary/search.ts'
import { createSecrets } from '../canary/secrets.ts'
import { startRedis, withoutRedis } from '../store/redis-server.ts'

test('after a day of bad luck no secret is in the log, the files, the metrics, a page, a message or the export', async () => {
  const { secrets, searched, hits } = await runCanary()
  expect(hits).toEqual([])
  const kinds = ['access token', 'client secret', 'code', 'cookie', 'credential', 'form token', 'hint', 'title']
  expect(Object.keys(secrets)).toEqual(
    expect.arrayContaining([...kinds, 'interaction token', 'key', 'refresh token', 'state', 'verifier']),
  )
  const files = ['after a search', 'while it runs', 'after kill -9', 'after SIGTERM'].map((when) => `files ${when}`)
  const ways = ['the log', 'the log behind POST /interactions', 'the metrics at the gateway']
  for (const place of [...files, ...ways, 'the metrics behind POST /interactions', 'pages', 'messages and the export'])
    expect(searched[place], place).toBeGreaterThan(500)
  for (const place of files) expect(searched[`${place}, with pages of roundups`], place).toBeGreaterThan(500)
  for (const place of files) expect(searched[`${place}, indexes of libraries`], place).toBeGreaterThan(10_000)
})

describe('a title in the index of a library would be found, in plain or only compressed', () => {
  const title = 'Sixteen Raincoats in the Rain'
  const others = Array.from({ length: 50 }, (_, number) => `Song ${number} of the Neighbours`).join()
  const planted = Buffer.concat([randomBytes(300_000), Buffer.from(title), deflateSync(others + title + others)])
  const secrets = createSecrets()
  secrets.add('title', title)
  const hits = (place: string) => [`${place}: title, in plain`, `${place}, compressed in an index: title, in plain`]

  test('in a file of the embedded store', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hearsay-canary-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const store = await openEmbedded(directory)
    await store.setBytes('ana', planted, 60_000)
    await store.close()
    const search = createSearch(secrets, directory)
    await search.lookInStore('now')
    expect([...search.hits]).toEqual(expect.arrayContaining(hits('files now')))
    expect(search.searched['files now, indexes of libraries']).toBe(planted.length)
  })

  test.skipIf(withoutRedis())('in Redis', async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const store = await openRedis(redis.url)
    onTestFinished(() => store.close())
    await store.setBytes('ana', planted, 60_000)
    const search = createSearch(secrets, redis)
    await search.lookInStore('now')
    expect([...search.hits]).toEqual(expect.arrayContaining(hits('Redis now')))
    expect(search.searched['Redis now, indexes of libraries']).toBeGreaterThan(planted.length)
  })
})

test('the search would find them, wrapped or not', () => {
  const secrets = createSecrets()
  const key = Buffer.alloc(32, 7)
  secrets.add('token', 'BQ-a-token-of-thirty-characters')
  secrets.add('key', key.toString('base64'))
  for (const encoding of ['utf8', 'base64', 'hex'] as const) {
    const text = `before ${Buffer.from('BQ-a-token-of-thirty-characters').toString(encoding)} after`
    expect(secrets.foundIn(text), encoding).toHaveLength(1)
  }
  expect(secrets.foundIn(Buffer.concat([Buffer.from('before'), key]))).toEqual(['key, as bytes'])
  expect(secrets.foundIn('nothing of that kind')).toEqual([])
})
