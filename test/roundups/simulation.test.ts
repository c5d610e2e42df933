import { expect, test } from 'vitest'
import { live } from './simulation/life.ts'

const seeds = Array.from({ length: 15 }, (_, index) => 501 + index)

// `npm run simulate` has ten thousand periods of this.
test.each([seeds.slice(0, 5), seeds.slice(5, 10), seeds.slice(10)])(
  'SC-157 SC-158 SC-161 whatever happens to three processes, every period has one post and every moment is in one: lives %i to %i and on',
  async (...lives) => {
    for (const seed of lives) {
      const { wrong, weeklyPosts, monthlyPosts } = await live(seed, 10)
      expect(wrong).toEqual([])
      expect(weeklyPosts + monthlyPosts).toBeGreaterThan(2)
    }
  },
)
