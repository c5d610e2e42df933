import { writeSync } from 'node:fs'
import { openEmbedded } from '../../src/store/sqlite.ts'

// A process of its own: opens the directory, then writes until it is stopped, and says what was acknowledged.
const [directory = ''] = process.argv.slice(2)
try {
  const store = await openEmbedded(directory)
  for (let written = 1; ; written++) {
    await store.set('written', String(written), `song ${written} `.repeat(100))
    writeSync(1, `${written}\n`)
  }
} catch (error) {
  writeSync(1, `${String(error)}\n`)
}
