import { Readable } from 'node:stream'
import { keyIdOf } from '../crypto.ts'
import type { Link } from './links.ts'
import { UnreadableRecordError, type Store } from '../store/store.ts'

export type KeyUsage = Awaited<ReturnType<typeof countKeyUsage>>

/** The kinds of rows that hold something encrypted. Only links stay for long; of a server's roundups, whom to write to. */
export const noRows = { links: 0, attempts: 0, invitations: 0, askers: 0, 'roundup-heads': 0 }
export const encryptedKinds = Object.keys(noRows) as (keyof typeof noRows)[]

/**
 * How many rows of each kind a key has encrypted, by the key's id; "?" for what is not Hearsay's. `foreign`: kind and
 * key of each row that cannot be read or that nobody has encrypted. It takes seconds where there are many.
 */
export async function countKeyUsage(store: Pick<Store, 'get' | 'keys'>) {
  const rows = new Map<string, typeof noRows>()
  const foreign: string[] = []
  for (const kind of encryptedKinds) {
    await forEachKey(store.keys(kind), async (key) => {
      for (const id of await keyIdsIn(store, kind, key)) {
        if (id === '?') foreign.push(`${kind} ${key}`)
        const counts = rows.get(id) ?? noRows
        rows.set(id, { ...counts, [kind]: counts[kind] + 1 })
      }
    })
  }
  return { rows, foreign }
}

/** How many rows a key has encrypted, whatever they are. */
export function rowsOf({ rows }: KeyUsage, keyId: string): number {
  return Object.values(rows.get(keyId) ?? noRows).reduce((sum, count) => sum + count)
}

/** The ids of the keys that have encrypted a row; "?" where it cannot be read or is plain; none where none is. */
export async function keyIdsIn(store: Pick<Store, 'get'>, kind: keyof typeof noRows, key: string) {
  try {
    const row = await store.get(kind, key)
    if (row === undefined) return new Set<string>()
    if (kind === 'roundup-heads') return new Set(JSON.stringify(row).match(encrypted)?.map(idOf))
    if (typeof row !== 'object' || row === null || !('refreshToken' in row)) return new Set([idOf(row)])
    const { refreshToken, libraryIndex } = row as Partial<Link>
    // Nothing depends on the key of an index: one that makes no sense counts for nothing.
    return new Set([idOf(refreshToken), ...(libraryIndex ? [idOf(libraryIndex.key)].filter((id) => id !== '?') : [])])
  } catch (error) {
    if (error instanceof UnreadableRecordError) return new Set(['?'])
    throw error
  }
}

// A value of its own in a record, beside ids of roundups, nonces and what else has no dots.
const encrypted = /(?<=")v1\.[\w-]+\.[\w-]+\.[\w-]+(?=")/g

function idOf(text: unknown): string {
  return (typeof text === 'string' && keyIdOf(text)) || '?'
}

/** So many at once, so that a million keys are never in memory together. */
export function forEachKey(keys: AsyncIterable<string>, work: (key: string) => Promise<void>): Promise<void> {
  return Readable.from(keys).forEach(work, { concurrency: 100 })
}
