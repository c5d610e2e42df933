import { readJson } from '../json.ts'
import { enterMeter, type MeterState } from '../meter.ts'
import type { Store } from '../store.ts'
import type { Database } from '../sqlite-file.ts'

// Kinds of records hold no colon, so nobody else's can be this one.
const kind = ':meter'

/** Meters as rows among the records. Nothing else runs between the reading and the writing of one. */
export function embeddedMeters({ prepare, ask }: Database): Pick<Store, 'meter'> {
  const read = prepare('SELECT value FROM records WHERE kind = ? AND key = ? AND expires > ?')
  const write = prepare(
    `INSERT INTO records (kind, key, value, version, expires) VALUES (?, ?, ?, NULL, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, expires = excluded.expires`,
  )
  return {
    meter: (name, entry) =>
      ask(() => {
        const now = Date.now()
        const row = read.get(kind, name, now)
        const { state, reading } = enterMeter(row && (readJson(row['value']) as MeterState), entry, now)
        write.run(kind, name, JSON.stringify(state), Math.ceil(now + entry.span + entry.bucket + entry.heldFor))
        return reading
      }),
  }
}
