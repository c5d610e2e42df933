import { defineConfig } from 'vitest/config'
import LongestFirst from './test/longest-first.ts'
import SkippedReporter from './test/skipped-reporter.ts'
import { propertyRuns } from './test/world/runs.ts'
import { waitLimit } from './test/world/until.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // No room works at import time, so the files of a worker may share what they import: a third less time.
    isolate: false,
    // Most of the time goes into waiting for deadlines, so a few more than a small machine has cores.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    // Only what hangs takes that long. A test waits for several things, one after the other.
    testTimeout: 3 * waitLimit * propertyRuns,
    hookTimeout: 3 * waitLimit,
    expect: { poll: { timeout: waitLimit, interval: 20 } },
    reporters: ['default', new SkippedReporter()],
  },
})
