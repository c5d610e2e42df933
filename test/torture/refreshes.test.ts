import { expect, test } from 'vitest'
import { refreshAll } from '../../torture/refreshes/run.ts'
import { withoutRedis } from '../store/redis-server.ts'

const plan = { people: 80, processes: 2, refreshes: 250, killEvery: 60_000, freezes: 0 }

test.skipIf(withoutRedis())(
  'two processes refresh for eighty people at a flaky provider: no link is lost, and nobody is refreshed twice at once',
  async () => {
    const outcome = await refreshAll({ ...plan, rotation: 'lenient', owedEvery: 0 })
    expect(outcome).toMatchObject({ lost: 0, duplicates: 0, mixed: 0, crashed: 0 })
    expect(outcome.counts['refreshes']).toBeGreaterThanOrEqual(250)
    expect(outcome.counts['faults injected']).toBeGreaterThan(0)
  },
)

test.skipIf(withoutRedis())(
  'under strict rotation an answer that never arrives costs one link, and nothing else does',
  async () => {
    const { lost, bound, duplicates, mixed, crashed } = await refreshAll({
      ...plan,
      rotation: 'strict',
      owedEvery: 3_000,
    })
    expect(lost).toBeLessThanOrEqual(bound)
    expect({ duplicates, mixed, crashed }).toEqual({ duplicates: 0, mixed: 0, crashed: 0 })
  },
)
