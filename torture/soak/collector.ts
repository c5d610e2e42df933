import { writeSync } from 'node:fs'

// Loaded before the program that is soaked, under --expose-gc: what stays in memory shows only once the rest is gone.
process.on('SIGUSR2', () => globalThis.gc?.())
// Changes nothing about what becomes of it.
process.on('uncaughtExceptionMonitor', (_error, origin) => void writeSync(2, `${origin}\n`))
