import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMetrics } from '../../src/metrics.ts'
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

  await store.close()
  await expect(store.get('kind', 'key')).rejects.toThrow('The store is closed.')
  await expect(store.setBytes('name', Buffer.from('value'), waitLimit)).rejects.toThrow('The store is closed.')
  await expect(lease?.renew(waitLimit)).rejects.toThrow('The store is closed.')
  expect(failed).toEqual(['get', 'setBytes', 'renew'])
  rmSync(directory, { recursive: true })
})

test('what the limiter knows is shown, what it does not know has no sample, and before it exists the rest is shown', async () => {
  const known = await (await createMetrics(() => ({ budgetLeft: 900, blockedUntil: 5000 }))).text()
  expect(known).toMatch(/^hearsay_spotify_budget_left 900$/m)
  expect(known).toMatch(/^hearsay_spotify_blocked_until_seconds 5$/m)
  expect(known).not.toMatch(/^hearsay_spotify_window_left /m)

  const silent = await createMetrics(() => undefined)
  silent.roundup('posted')
  expect(await silent.text()).toMatch(/^hearsay_roundups_total\{outcome="posted"\} 1$/m)
  expect(await silent.text()).not.toMatch(/^hearsay_spotify_budget_left /m)
})
