import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // Most of the time goes into waiting for deadlines, so a few more than a small machine has cores.
    maxWorkers: 3,
    testTimeout: 15_000,
    reporters: ['default'],
  },
})
