import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { reserveSize } from './sqlite-reserve.ts'

/** What a user may still fill of the disk under a path; undefined where the system does not say. */
export function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return undefined
  }
}

/** Whether so many bytes are too few for a store there: for as much as its reserve, which it has already or makes. */
export function lacksRoom(directory: string, free: number): boolean {
  return free < (hasReserve(directory) ? reserveSize : 2 * reserveSize)
}

/** A store that is open has a reserve, unless there is no room for one. */
export function hasReserve(directory: string): boolean {
  return existsSync(join(directory, 'reserve'))
}

/** What is wrong then, and what to do. */
export function withoutRoom(directory: string): string {
  return `The disk under ${directory} is full: nobody can link or save anything new. Free some space there, or set DATA_DIR to a directory on another disk and move everything there.`
}
