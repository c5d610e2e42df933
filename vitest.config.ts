import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // No room works at import time, so the files of a worker may share what they import: a third less time.
    isolate: false,
    // Most of the time goes into waiting for deadlines, so a few more than a small machine has cores.
    maxWorkers: 4,
    testTimeout: 15_000,
    reporters: ['default'],
  },
})
