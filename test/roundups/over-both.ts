import { describe } from 'vitest'
import { withoutRedis } from '../store/redis-server.ts'

/** The same stories over a file and over Redis. */
export function overBoth(title: string, stories: (kind: 'a file' | 'Redis') => void): void {
  describe(`${title} over a file`, () => {
    stories('a file')
  })
  describe.skipIf(withoutRedis())(`${title} over Redis`, () => {
    stories('Redis')
  })
}
