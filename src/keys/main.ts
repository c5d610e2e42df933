import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { placeOf, readKeyring } from '../accounts/keyring.ts'
import { readStorage } from '../config.ts'
import { startupMessage } from '../error-messages.ts'
import { loadEnvFile } from '../settings-file.ts'
import { StoreLockedError } from '../store/sqlite-directory.ts'
import { openStore } from '../store/open-store.ts'
import { reseal, status } from './rotation.ts'

const usage =
  'npm run keys -- status   counts the rows that each key has encrypted\n' +
  'npm run keys -- reseal   encrypts everything with the first key, so that the others can be removed'

const running =
  'Hearsay is running on this DATA_DIR, and the embedded store serves one process at a time. Stop it first.'

try {
  loadEnvFile('.env')
  const name = process.argv[2] ?? ''
  if (name === 'status' || name === 'reseal') await perform({ status, reseal }[name])
  else {
    console.log(usage)
    process.exitCode = name === '' ? 0 : 1
  }
} catch (error) {
  process.exitCode = 1
  const sentence = error instanceof StoreLockedError ? running : startupMessage(error)
  if (sentence === undefined) throw error
  console.error(sentence)
}

async function perform(task: typeof status): Promise<void> {
  const { store: where, tokenKeys } = readStorage(process.env)
  if ('directory' in where && !existsSync(join(where.directory, 'hearsay.sqlite')))
    return console.log('Nothing is stored yet.')
  await using ends = new AsyncDisposableStack()
  const store = ends.adopt(await openStore(where), ({ close }) => close())
  const isGone = typeof tokenKeys === 'string' && !existsSync(tokenKeys)
  const { lines, good } = await task(store, isGone ? [] : readKeyring(tokenKeys), placeOf(tokenKeys))
  console.log(lines.join('\n'))
  process.exitCode = good ? 0 : 1
}
