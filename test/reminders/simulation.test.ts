import { expect, test } from 'vitest'
import { liveReminded } from './life.ts'

const seeds = Array.from({ length: 16 }, (_, index) => 701 + index)

// `npm run simulate` has ten thousand occasions of this.
test.each([seeds.slice(0, 8), seeds.slice(8)])(
  'whatever happens to three processes, each reminder is sent once: lives %i to %i and on',
  async (...lives) => {
    for (const seed of lives) {
      const { wrong, counts } = await liveReminded(seed, 10)
      expect(wrong).toEqual([])
      expect(counts.reminders).toBeGreaterThan(5)
    }
  },
)
