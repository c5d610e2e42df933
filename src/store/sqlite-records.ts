import { readJson, type Json, type Store, wholeMs } from './store.ts'
import type { Database } from './sqlite-file.ts'

type Records = Pick<
  Store,
  'get' | 'set' | 'create' | 'delete' | 'getAndDelete' | 'compareAndSet' | 'deleteIfVersion' | 'keys'
>

/** Records as rows, with the version beside the JSON so that SQL can compare it. */
export function embeddedRecords({ prepare, ask }: Database): Records {
  const read = prepare(`SELECT value FROM records WHERE kind = ? AND key = ? AND ${alive}`)
  const write = prepare(`${insert} ON CONFLICT DO UPDATE ${overwrite}`)
  const writeNew = prepare(`${insert} ON CONFLICT DO UPDATE ${overwrite} WHERE records.expires <= ?`)
  const remove = prepare('DELETE FROM records WHERE kind = ? AND key = ? RETURNING value, expires')
  const change = prepare(
    `UPDATE records SET value = ?, version = ?, expires = ? WHERE kind = ? AND key = ? AND version = ? AND ${alive}`,
  )
  const removeVersion = prepare(`DELETE FROM records WHERE kind = ? AND key = ? AND version = ? AND ${alive}`)
  const list = prepare(`SELECT key FROM records WHERE kind = ? AND key > ? AND ${alive} ORDER BY key LIMIT ${batch}`)

  // Reading to the end, because a commit that fails is reported there and nowhere else.
  const removeAlive = (kind: string, key: string) =>
    remove.all(kind, key).find(({ expires }) => expires === null || Number(expires) > Date.now())

  return {
    get: (kind, key) =>
      ask(() => {
        const row = read.get(kind, key, Date.now())
        return row && (readJson(row['value']) as Json)
      }),
    set: (kind, key, value, ttl) =>
      ask(() => {
        write.run(kind, key, ...columns(value, ttl))
      }),
    create: (kind, key, value, ttl) =>
      ask(() => writeNew.run(kind, key, ...columns(value, ttl), Date.now()).changes === 1),
    delete: (kind, key) => ask(() => removeAlive(kind, key) !== undefined),
    getAndDelete: (kind, key) =>
      ask(() => {
        const row = removeAlive(kind, key)
        return row && (readJson(row['value']) as Json)
      }),
    compareAndSet: (kind, key, version, value, ttl) =>
      ask(() => change.run(...columns(value, ttl), kind, key, version, Date.now()).changes === 1),
    deleteIfVersion: (kind, key, version) => ask(() => removeVersion.run(kind, key, version, Date.now()).changes === 1),
    async *keys(kind) {
      for (let last: string | undefined = ''; last !== undefined;) {
        const after: string = last
        const keys = await ask(() => list.all(kind, after, Date.now()).map(({ key }) => String(key)))
        yield* keys
        last = keys.length === batch ? keys.at(-1) : undefined
      }
    },
  }
}

const batch = 500
const alive = '(expires IS NULL OR expires > ?)'
const insert = 'INSERT INTO records (kind, key, value, version, expires) VALUES (?, ?, ?, ?, ?)'
const overwrite = 'SET value = excluded.value, version = excluded.version, expires = excluded.expires'

function columns(value: Json, ttl: number | undefined): [string, number | null, number | null] {
  return [JSON.stringify(value), versionOf(value), ttl === undefined ? null : Date.now() + wholeMs(ttl)]
}

function versionOf(value: Json): number | null {
  const version = value !== null && typeof value === 'object' && 'version' in value ? value.version : null
  return typeof version === 'number' ? version : null
}
