import { resolve } from 'node:path'
import { KeyringError, tryKeyring } from '../accounts/keyring.ts'
import { readStorage } from '../config.ts'
import { startupMessage } from '../error-messages.ts'
import { loadEnvFile } from '../settings-file.ts'
import { peek } from '../store/sqlite-directory.ts'
import { backUp, BackupError } from './backup.ts'
import { restore } from './restore.ts'

const usage =
  'npm run backup -- FILE    writes what is stored in DATA_DIR to a file, beside a running bot as well\n' +
  'npm run restore -- FILE   makes such a file the store in DATA_DIR, while the bot is stopped\n' +
  'With --replace, what is there already is overwritten.'

const redis =
  'With REDIS_URL, everything is in that Redis: back it up and restore it with what Redis has ' +
  '(docs/operating.md, "Backups"). The keys are in TOKEN_KEYS; keep a copy of them elsewhere.'

try {
  loadEnvFile('.env')
  const [task, ...rest] = process.argv.slice(2)
  const files = rest.filter((one) => !one.startsWith('-'))
  const isKnown = rest.every((one) => one === '--replace' || files.includes(one))
  const [file] = files
  if ((task !== 'backup' && task !== 'restore') || file === undefined || files.length > 1 || !isKnown) {
    console.log(usage)
    process.exitCode = rest.length === 0 ? 0 : 1
  } else await perform(task, file, rest.includes('--replace'))
} catch (error) {
  process.exitCode = 1
  const sentence = startupMessage(error)
  if (sentence === undefined) throw error
  console.error(sentence)
}

async function perform(task: 'backup' | 'restore', file: string, replace: boolean): Promise<void> {
  const { store, tokenKeys } = readStorage(process.env)
  if ('redisUrl' in store) throw new BackupError(redis)
  const keys = typeof tokenKeys === 'string' ? resolve(tokenKeys) : 'TOKEN_KEYS'
  if (task === 'backup') {
    const bytes = backUp(store.directory, file, { replace })
    console.log(`Wrote ${file}, ${Math.ceil(bytes / 1024)} KB. Only you may read it.`)
    try {
      await tryKeyring(tokenKeys, async (kind, key) => peek(store.directory, kind, key))
    } catch (error) {
      if (!(error instanceof KeyringError)) throw error
      throw new BackupError(`It is of no use with the keys that are here. ${error.message}`, { cause: error })
    }
    return console.log(`It holds no keys, and is of no use without them: keep a copy of ${keys} in another place.`)
  }
  const { madeAt, connections, schedules } = await restore(file, { ...store, tokenKeys }, { replace })
  const when = new Date(madeAt).toISOString().slice(0, 16).replace('T', ' ')
  console.log(
    `Restored ${counted(connections, 'connection')} and ${counted(schedules, 'schedule')}, as they were at ${when} UTC.`,
  )
  console.log(
    'Who has unlinked or stopped sharing since is back as before: tell your members, so that they can repeat it.',
  )
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
