import { expect, test } from 'vitest'
import { runConcurrently } from '../src/concurrency.ts'

const numbers = Array.from({ length: 30 }, (_, index) => index)

test('so many at once, in order, until all are done', async () => {
  const begun: number[] = []
  let underWay = 0
  let most = 0
  await runConcurrently(numbers, 8, async (number) => {
    begun.push(number)
    most = Math.max(most, (underWay += 1))
    await Promise.resolve()
    underWay -= 1
  })
  expect([begun, most, underWay]).toEqual([numbers, 8, 0])
})

test('after a failure no more are begun, and it rejects with it when those under way have ended', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const held = Promise.withResolvers<void>()
  let rejected = false
  const all = runConcurrently(numbers, 8, async (number) => {
    begun.push(number)
    if (number === 3) throw new Error('broken')
    await held.promise
    ended.push(number)
  })
  void all.catch(() => (rejected = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect([begun, rejected]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], false])
  held.resolve()
  await expect(all).rejects.toThrow('broken')
  expect([begun.length, ended]).toEqual([8, [0, 1, 2, 4, 5, 6, 7]])
})
