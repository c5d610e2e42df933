import type { Store } from '../store.ts'
import type { Database } from '../sqlite-file.ts'

type Indexes = Pick<Store, 'add' | 'remove' | 'members' | 'schedule' | 'unschedule' | 'due'>

/** Sets of strings, and members in the order of their times. */
export function embeddedIndexes({ prepare, ask }: Database): Indexes {
  const add = prepare('INSERT INTO sets (name, member) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const remove = prepare('DELETE FROM sets WHERE name = ? AND member = ?')
  const list = prepare('SELECT member FROM sets WHERE name = ?')
  const schedule = prepare(
    'INSERT INTO due (name, member, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
  )
  const unschedule = prepare('DELETE FROM due WHERE name = ? AND member = ?')
  const listDue = prepare('SELECT member FROM due WHERE name = ? AND at <= ? ORDER BY at, member LIMIT ?')

  return {
    add: (set, member) => ask(() => void add.run(set, member)),
    remove: (set, member) => ask(() => void remove.run(set, member)),
    members: (set) => ask(() => list.all(set).map(memberOf)),
    schedule: (index, member, at) => ask(() => void schedule.run(index, member, at)),
    unschedule: (index, member) => ask(() => void unschedule.run(index, member)),
    due: (index, until, limit) => ask(() => listDue.all(index, until, limit).map(memberOf)),
  }
}

function memberOf(row: Record<string, unknown>): string {
  return String(row['member'])
}
