import { randomUUID } from 'node:crypto'
import { wholeMs } from '../lifetime.ts'
import type { Store } from '../store.ts'
import type { Database } from '../sqlite-file.ts'

/** The file has one process at a time, so whatever is held when it is opened was left by one that died. */
export async function embeddedLeases({ prepare, ask }: Database): Promise<Pick<Store, 'lease'>> {
  await ask(() => prepare('DELETE FROM leases').run())
  const take = prepare(
    `INSERT INTO leases (name, owner, expires) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET owner = excluded.owner, expires = excluded.expires WHERE leases.expires <= ?`,
  )
  const renew = prepare('UPDATE leases SET expires = ? WHERE name = ? AND owner = ? AND expires > ?')
  const release = prepare('DELETE FROM leases WHERE name = ? AND owner = ?')

  return {
    async lease(name, ttl) {
      const owner = randomUUID()
      const taken = await ask(() => take.run(name, owner, Date.now() + wholeMs(ttl), Date.now()).changes === 1)
      if (!taken) return undefined
      return {
        renew: (ttl) => ask(() => renew.run(Date.now() + wholeMs(ttl), name, owner, Date.now()).changes === 1),
        release: () => ask(() => void release.run(name, owner)),
      }
    },
  }
}
