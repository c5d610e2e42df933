import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbedded } from '../../src/store/sqlite.ts'
import { lockRefusal } from '../../src/store/sqlite-directory.ts'

// A process of its own, with a mount for each of two directories: has the first, and says what it makes of refused locks.
const [own = '', foreign = ''] = process.argv.slice(2)
const store = await openEmbedded(own)
mkdirSync(foreign)
writeFileSync(join(foreign, 'lock.sqlite'), '')
const busy = Object.assign(new Error('database is locked'), { errcode: 5 })
const inodes = [own, foreign].map((directory) => statSync(join(directory, 'lock.sqlite')).ino)
const refusals = [own, foreign].map((directory) => lockRefusal(directory, busy).message)
console.log(JSON.stringify({ inodes, refusals }))
await store.close()
