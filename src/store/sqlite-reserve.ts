import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// More than the log grows before SQLite empties it (`wal_autocheckpoint`), and half a page more for each of its pages.
export const reserveSize = 2 * 2 ** 20

/** A file that takes up room for the moment in which the disk is full: without any, SQLite deletes nothing either. */
export function openReserve(directory: string) {
  const path = join(directory, 'reserve')
  take()
  return { take, give }

  function give(): void {
    rmSync(path, { force: true })
  }

  /** Takes up room again, where there is some. */
  function take(): void {
    if (existsSync(path)) return
    try {
      writeFileSync(path, Buffer.alloc(reserveSize), { mode: 0o600, flush: true })
    } catch {
      rmSync(path, { force: true })
    }
  }
}
