import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { readJson, type Json } from './store.ts'
import { sqliteCode, unavailable } from './sqlite-failure.ts'

/** A look into a data directory that leaves no trace there and takes no lock from anybody. */
export interface EmbeddedView {
  /** Whether a running Hearsay has the directory. */
  held(): boolean
  /** The record, its lifetime aside; undefined where there is none. Throws StoreUnavailableError. */
  get(kind: string, key: string): Json | undefined
}

export function inspectEmbedded(directory: string): EmbeddedView {
  return {
    held() {
      const path = join(directory, 'lock.sqlite')
      if (!existsSync(path)) return false
      try {
        look(path, 'SELECT count(*) FROM sqlite_schema')
        return false
      } catch (cause) {
        if (sqliteCode(cause) === 'busy') return true
        throw unavailable(directory, cause)
      }
    },
    get(kind, key) {
      const path = join(directory, 'hearsay.sqlite')
      if (!existsSync(path)) return undefined
      try {
        const row = look(asItLies(path), 'SELECT value FROM records WHERE kind = ? AND key = ?', kind, key)
        return row && (readJson(row['value']) as Json)
      } catch (cause) {
        throw unavailable(directory, cause)
      }
    },
  }
}

function look(path: string | URL, sql: string, ...values: string[]): Record<string, unknown> | undefined {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 500 })
  try {
    return database.prepare(sql).get(...values)
  } finally {
    database.close()
  }
}

/** Without a log to read along, the file is all there is; opened plainly, files would appear beside it, owned by whoever looks. */
function asItLies(path: string): string | URL {
  const log = `${path}-wal`
  if (existsSync(log) && statSync(log).size > 0) return path
  const url = pathToFileURL(path)
  url.search = 'immutable=1'
  return url
}
