import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Config } from '../config.ts'
import { freeBytes, lacksRoom, withoutRoom } from '../store/disk-room.ts'
import { isLocked } from '../store/sqlite-directory.ts'
import { note, ok, type Finding, wrong } from './finding.ts'

/** What the system says of this user and its disks. */
export const thisMachine = {
  may(path: string, mode: number): boolean {
    try {
      accessSync(path, mode)
      return true
    } catch {
      return false
    }
  },
  user: process.getuid?.(),
  freeBytes,
}

const { R_OK, W_OK, X_OK } = constants

/** Whether the embedded store can live in this directory. Throws StoreUnavailableError for one that is damaged. */
export function checkDirectory(path: string, tokenKeys: Config['tokenKeys'], machine = thisMachine): Finding[] {
  const about = 'DATA_DIR'
  if (!existsSync(path)) {
    const parent = nearest(dirname(path))
    if (!machine.may(parent, W_OK | X_OK))
      return [wrong(about, `${path} cannot be made, because ${parent} is not writable. ${own}`)]
    return [note(about, `${path} is not there yet. The first start makes it.`), ...space(path, parent, machine)]
  }
  const stats = statSync(path)
  if (!stats.isDirectory()) return [wrong(about, `${path} is not a directory. ${own}`)]
  if ((stats.mode & 0o1000) !== 0) return [wrong(about, `${path} belongs to everybody (sticky bit). ${own}`)]
  const { user } = machine
  if (!machine.may(path, W_OK | X_OK) || (user !== undefined && user !== 0 && stats.uid !== user))
    return [wrong(about, `${path} does not belong to this user, or is not writable. Change its owner. ${own}`)]
  const foreign = filesOfOthers(path, tokenKeys, machine)
  if (foreign.length > 0) {
    const says = `This user may not read and write ${foreign.join(', ')} in ${path}: they may be from a start with sudo. Change their owner: sudo chown -R "$(id -u)" ${path}`
    return [wrong(about, says)]
  }
  const locked = isLocked(path)
  if (locked === 'perhaps') return [note(about, `${path} ${elsewhere}`)]
  const says = `${path} can be used. ${locked ? 'A running Hearsay has it.' : 'No Hearsay is running on it.'}`
  const isClosed = (stats.mode & 0o077) === 0
  const open = `${says} Others may look into it; the next start closes it to them.`
  return [isClosed ? ok(about, says) : note(about, open), ...space(path, path, machine)]
}

const elsewhere =
  'cannot be locked. A Hearsay in another container or on another machine has it, or it is a network share without locks: then set DATA_DIR to a directory on a disk of this machine.'
const own = 'Set DATA_DIR to a directory that belongs to Hearsay alone.'

/** Those that a start would refuse to go on without. */
function filesOfOthers(path: string, tokenKeys: Config['tokenKeys'], { may }: typeof thisMachine): string[] {
  const files = ['hearsay.sqlite', 'hearsay.sqlite-wal', 'hearsay.sqlite-shm', 'lock.sqlite']
  const database = files.map((name) => join(path, name)).filter((file) => existsSync(file) && !may(file, R_OK | W_OK))
  const hasKeys = typeof tokenKeys === 'string' && existsSync(tokenKeys)
  return [...database, ...(hasKeys && !may(tokenKeys, R_OK) ? [tokenKeys] : [])].map((file) => basename(file))
}

/** `at`: what is there already of the path. */
function space(path: string, at: string, { freeBytes }: typeof thisMachine): Finding[] {
  const about = 'Disk space'
  const free = freeBytes(at)
  if (free === undefined) return []
  const megabytes = Math.floor(free / 2 ** 20)
  if (lacksRoom(path, free)) return [wrong(about, `${megabytes} MB are free. ${withoutRoom(path)}`)]
  if (free >= 64 * 2 ** 20) return [ok(about, `${megabytes} MB are free for ${path}.`)]
  return [note(about, `${megabytes} MB are free for ${path}. Indexes of libraries are kept from 64 MB on.`)]
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path))
}
