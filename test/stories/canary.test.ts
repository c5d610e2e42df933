import { expect, test } from 'vitest'
import { runCanary } from '../canary/run.ts'
import { createSecrets } from '../canary/secrets.ts'

test('after a day of bad luck no secret is in the log, the files, the metrics, a page, a message or the export', async () => {
  const { secrets, searched, hits } = await runCanary()
  expect(hits).toEqual([])
  const kinds = ['access token', 'client secret', 'code', 'cookie', 'credential', 'form token', 'hint']
  expect(Object.keys(secrets)).toEqual(
    expect.arrayContaining([...kinds, 'interaction token', 'key', 'refresh token', 'state', 'verifier']),
  )
  const files = ['while it runs', 'after kill -9', 'after SIGTERM'].map((when) => `files ${when}`)
  const ways = ['the log', 'the log behind POST /interactions', 'the metrics at the gateway']
  for (const place of [...files, ...ways, 'the metrics behind POST /interactions', 'pages', 'messages and the export'])
    expect(searched[place], place).toBeGreaterThan(500)
  for (const place of files) expect(searched[`${place}, with pages of roundups`], place).toBeGreaterThan(500)
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
