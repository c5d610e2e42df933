import { expect, test } from 'vitest'
import { summary } from '../../torture/soak/summary.ts'
import { slope } from '../../torture/soak/samples.ts'
import { soak } from '../../torture/soak/run.ts'
import { waitLimit } from '../world/until.ts'
import { withoutRedis } from '../store/redis-server.ts'

const plan = { seconds: 2, people: 12, linked: 8, throughPages: 1, pace: 10 }

test.skipIf(withoutRedis())(
  'a dozen people use the program for two seconds while Redis freezes: all are answered, and nobody with an untruth',
  async () => {
    const soaked = await soak({ ...plan, answerWithin: waitLimit, finishWithin: waitLimit })
    const { interactions, missing, wrong } = soaked.record.all
    expect(interactions).toBeGreaterThan(5)
    expect({ missing, wrong, exit: soaked.exit }).toEqual({ missing: 0, wrong: {}, exit: 0 })
    expect([...soaked.record.during.keys()]).toContain('Redis frozen')
    expect(soaked.surprises).toEqual([])
    for (const { heap, rss, handles } of soaked.samples) expect(Math.min(heap, rss, handles)).toBeGreaterThan(0)
    expect(summary(soaked)).toMatch(/^heap after GC +\d+\.\d MB -> \d+\.\d MB/m)
  },
)

test('two megabytes a minute are seen as such, whatever wavers about them', () => {
  const rest = { rss: 0, taken: 0, external: 0, handles: 0, resources: 0, files: 0, lag: 0 }
  const samples = [0, 1, 2, 3, 4, 5].map((at) => ({ ...rest, at, heap: 40 + 2 * at + (at % 2 === 0 ? 0.1 : -0.1) }))
  expect(slope(samples, ({ heap }) => heap)).toBeCloseTo(2, 0)
  expect(slope(samples.slice(0, 2), ({ heap }) => heap)).toBeUndefined()
})
