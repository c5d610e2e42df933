import fc from 'fast-check'
import { expect, test } from 'vitest'
import { live } from './life.ts'
import { loadProgram } from './program.ts'
import { lives } from './steps.ts'
import { runs } from '../world/runs.ts'

test('whatever Ana, Ben and Cleo do, nobody sees a song without a consent in force at that moment', async () => {
  const program = await loadProgram()
  const seen = { shown: 0, refused: 0, indexesRead: 0 }
  await fc.assert(
    fc.asyncProperty(lives, async (steps) => {
      const { shown, refused, indexesRead } = await live(steps, program)
      seen.shown += shown
      seen.refused += refused
      seen.indexesRead += indexesRead
    }),
    { numRuns: runs(100) },
  )
  expect(seen.shown).toBeGreaterThan(20)
  expect(seen.refused).toBeGreaterThan(50)
  expect(seen.indexesRead).toBeGreaterThan(10)
})
