import { describe, expect, test } from 'vitest'
import { withoutRedis } from '../store/redis-server.ts'
import { targets } from './targets.ts'

describe.skipIf(withoutRedis())('connections that are cut, answered with nonsense, or refused with an alert', () => {
  test.for(Object.entries(targets))('%s: none of forty ends the process', async ([, abuse]) => {
    const { abused, uncaught } = await abuse(40)
    expect(uncaught).toEqual([])
    expect(abused).toBeGreaterThanOrEqual(40)
  })
})
