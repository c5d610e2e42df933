import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMetrics, storeOperations } from '../../src/metrics.ts'
import { openStore } from '../../src/store/open-store.ts'
import { waitLimit } from '../world/until.ts'

test('what the store does not answer is counted by operation, leases included, and thrown all the same', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-metrics-'))
  const failed: string[] = []
  const store = await openStore({ directory }, (operation) => void failed.push(operation))
  await store.set('kind', 'key', 'value')
  expect(await store.get('kind', 'key')).toBe('value')
  const lease = await store.lease('name', waitLimit)
  expect(await store.lease('name', waitLimit)).toBeUndefined()
  expect(failed).toEqual([])

  // All of them are counted from 0; `keys` is for an operator's tools.
  const operations = [...Object.keys(store), ...Object.keys(lease ?? {})].filter((name) => name !== 'keys')
  expect(operations.toSorted()).toEqual(storeOperations.toSorted())

  await store.close()
  await expect(store.get('kind', 'key')).rejects.toThrow('The store is closed.')
  await expect(store.setBytes('name', Buffer.from('value'), waitLimit)).rejects.toThrow('The store is closed.')
  await expect(lease?.renew(waitLimit)).rejects.toThrow('The store is closed.')
  expect(failed).toEqual(['get', 'setBytes', 'renew'])
  rmSync(directory, { recursive: true })
})

test('what the limiter knows is shown, what it does not know has no sample, and before it exists the rest is shown', async () => {
  const day = { by: { page: 63, library: 330, roundup: 0, account: 7 }, limit: 1000, kind: 'assumed' }
  const known = await (await createMetrics(async () => ({ budgetLeft: 900, blockedUntil: 5000, day }))).text()
  expect(known.match(/^hearsay_spotify_day.*$/gm)).toEqual([
    'hearsay_spotify_day_requests{purpose="page"} 63',
    'hearsay_spotify_day_requests{purpose="library"} 330',
    'hearsay_spotify_day_requests{purpose="roundup"} 0',
    'hearsay_spotify_day_requests{purpose="account"} 7',
    'hearsay_spotify_day_limit{kind="assumed"} 1000',
  ])
  expect(known).toMatch(/^hearsay_spotify_budget_left 900$/m)
  expect(known).toMatch(/^hearsay_spotify_blocked_until_seconds 5$/m)
  expect(known).not.toMatch(/^hearsay_spotify_window_left /m)

  const silent = await createMetrics(() => undefined)
  silent.roundup('posted')
  expect(await silent.text()).toMatch(/^hearsay_roundups_total\{outcome="posted"\} 1$/m)
  expect(await silent.text()).not.toMatch(/^hearsay_spotify_(?:budget_left|day_\w+)[ {]/m)
})
