import { expect, test } from 'vitest'
import { live } from './simulation/life.ts'

const seeds = Array.from({ length: 24 }, (_, index) => 501 + index)

// `npm run simulate` has ten thousand periods of this.
test.each([seeds.slice(0, 8), seeds.slice(8, 16), seeds.slice(16)])(
  'SC-157 SC-158 SC-161 whatever happens to three processes, every week has one post: lives %i to %i and on',
  async (...lives) => {
    for (const seed of lives) {
      const { wrong, weeklyPosts, monthlyPosts } = await live(seed, 10)
      expect(wrong).toEqual([])
      expect(weeklyPosts + monthlyPosts).toBeGreaterThan(2)
    }
  },
)
