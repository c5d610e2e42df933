import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { inspectEmbedded } from '../store/embedded/inspect.ts'
import { note, ok, wrong, type Finding } from './finding.ts'

const about = 'DATA_DIR'

/** Whether the embedded store can live in this directory. Throws StoreUnavailableError for one that is damaged. */
export function checkDirectory(directory: string): Finding[] {
  const path = resolve(directory)
  if (!existsSync(path)) {
    const parent = nearest(dirname(path))
    if (!isWritable(parent)) return [wrong(about, `${path} cannot be made, because ${parent} is not writable. ${own}`)]
    return [note(about, `${path} is not there yet. The first start makes it.`)]
  }
  const { mode } = statSync(path)
  if (!statSync(path).isDirectory()) return [wrong(about, `${path} is not a directory. ${own}`)]
  if ((mode & 0o1000) !== 0) return [wrong(about, `${path} belongs to everybody (sticky bit). ${own}`)]
  if (!isWritable(path)) return [wrong(about, `${path} is not writable for this user. Change its owner. ${own}`)]
  const open = (mode & 0o077) === 0 ? '' : ' Others may look into it; the next start closes it to them.'
  const held = inspectEmbedded(path).held() ? 'A running Hearsay has it.' : 'No Hearsay is running on it.'
  return [(open ? note : ok)(about, `${path} can be used. ${held}${open}`)]
}

const own = 'Set DATA_DIR to a directory that belongs to Hearsay alone.'

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path))
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
