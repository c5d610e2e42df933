import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { StartupError } from '../errors.ts'
import { copyStore } from '../store/sqlite-copy.ts'
import { unavailable } from '../store/sqlite-directory.ts'
import hearsay from '../../package.json' with { type: 'json' }

/** A backup cannot be made or restored: the message says why and what to do. Nothing was changed. */
export class BackupError extends StartupError {}

/** When a backup was made, in milliseconds, and by which version: a record of its own in it. */
export const madeKind = 'backup'
export const madeKey = 'made'

const hour = 60 * 60 * 1000

/**
 * Writes what a directory holds to a file, beside a running bot as well: without indexes of libraries, which are files
 * of their own, without keys, and without what would be over within an hour. Returns the bytes of the file.
 * Throws BackupError, and StoreUnavailableError for a store that is not usable.
 */
export function backUp(directory: string, file: string, { replace = false, now = Date.now() } = {}): number {
  const store = join(directory, 'hearsay.sqlite')
  if (!existsSync(store) && !existsSync(`${store}-wal`))
    throw new BackupError(`Nothing is stored in ${resolve(directory)}, so there is nothing to back up. Check DATA_DIR.`)
  if (isWithin(file, directory))
    throw new BackupError(
      `${file} is in ${resolve(directory)}, where the bot keeps its own files. Choose another place.`,
    )
  if (existsSync(file) && !(replace && statSync(file).isFile()))
    throw new BackupError(`${file} is there already. Choose another name, or add --replace.`)
  const made = JSON.stringify({ at: now, version: hearsay.version })
  const columns = `'${madeKind}', '${madeKey}', '${made}', NULL, NULL`
  try {
    copyStore(
      directory,
      file,
      `DELETE FROM records WHERE expires <= ${now + hour} OR kind = '${madeKind}';
       DELETE FROM leases;
       INSERT INTO records (kind, key, value, version, expires) VALUES (${columns})`,
    )
  } catch (error) {
    const why = whyNotWritten(error)
    if (why) throw new BackupError(`${file} could not be written: ${why}`, { cause: error })
    throw error instanceof Error && 'errcode' in error ? unavailable(directory, error) : error
  }
  return statSync(file).size
}

/** By whatever path, also through a link: nothing of the bot's may be replaced, and its disk may be the one that fails. */
function isWithin(file: string, directory: string): boolean {
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path))
  const inside = (path: string): boolean => relative(real(directory), path).split(sep)[0] !== '..'
  return inside(real(file)) || inside(join(real(dirname(file)), 'file'))
}

/** SQLite's and the system's codes for what is wrong with a place to write to; undefined for anything else. */
function whyNotWritten(error: unknown): string | undefined {
  const { errcode, code } = error as { errcode?: number; code?: string }
  if (errcode === 13 || code === 'ENOSPC' || code === 'EDQUOT') return 'its disk is full. Free some space.'
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'its folder is not there. Make it first.'
  if (errcode === 8 || ['EACCES', 'EPERM', 'EROFS'].includes(code ?? ''))
    return 'this user may not write there. Check the owner of the folder.'
  return undefined
}
