import { Readable } from 'node:stream'
import { keyIdOf } from '../crypto.ts'
import { UnreadableRecordError, type Store } from '../store/store.ts'

/** The kinds of rows that hold something encrypted. Only links stay for long. */
export const encryptedKinds = ['links', 'attempts', 'invitations'] as const

type EncryptedKind = (typeof encryptedKinds)[number]
export type KeyUsage = Awaited<ReturnType<typeof countKeyUsage>>

export const noRows = { links: 0, attempts: 0, invitations: 0 }

/**
 * How many rows of each kind a key has encrypted, by the key's id; "?" for what is not Hearsay's. `foreign`: kind and
 * key of each row that cannot be read or that nobody has encrypted. It takes seconds where there are many.
 */
export async function countKeyUsage(store: Pick<Store, 'get' | 'keys'>) {
  const rows = new Map<string, typeof noRows>()
  const foreign: string[] = []
  for (const kind of encryptedKinds) {
    await forEachKey(store.keys(kind), async (key) => {
      const id = await keyIdIn(store, kind, key)
      if (id === undefined) return
      if (id === '?') foreign.push(`${kind} ${key}`)
      const counts = rows.get(id) ?? noRows
      rows.set(id, { ...counts, [kind]: counts[kind] + 1 })
    })
  }
  return { rows, foreign }
}

/** How many rows a key has encrypted, whatever they are. */
export function rowsOf({ rows }: KeyUsage, keyId: string): number {
  return Object.values(rows.get(keyId) ?? noRows).reduce((sum, count) => sum + count)
}

/** The id of the key that has encrypted a row; "?" where it cannot be read or is plain; undefined where none is. */
export async function keyIdIn(store: Pick<Store, 'get'>, kind: EncryptedKind, key: string) {
  try {
    const row = await store.get(kind, key)
    if (row === undefined) return undefined
    const text = typeof row === 'object' && row !== null && 'refreshToken' in row ? row.refreshToken : row
    return (typeof text === 'string' && keyIdOf(text)) || '?'
  } catch (error) {
    if (error instanceof UnreadableRecordError) return '?'
    throw error
  }
}

/** So many at once, so that a million keys are never in memory together. */
export function forEachKey(keys: AsyncIterable<string>, work: (key: string) => Promise<void>): Promise<void> {
  return Readable.from(keys).forEach(work, { concurrency: 100 })
}
