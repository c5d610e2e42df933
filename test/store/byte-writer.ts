import { writeSync } from 'node:fs'
import { openEmbedded } from '../../src/store/sqlite.ts'

// A process of its own: replaces the same bytes until it is stopped or finds no room, and says which were taken.
const [directory = '', size = ''] = process.argv.slice(2)
try {
  const store = await openEmbedded(directory)
  for (let written = 1; ; written++) {
    await store.setBytes('ana', Buffer.alloc(Number(size), `${written} `), 3_600_000)
    writeSync(1, `${written}\n`)
  }
} catch (error) {
  writeSync(1, `${String(error)}\n`)
}
process.exit()
