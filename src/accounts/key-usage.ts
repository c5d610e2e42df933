import { keyIdOf } from '../crypto.ts'
import { UnreadableRecordError, type Store } from '../store/store.ts'

/** The kinds of rows that hold something encrypted, and what they are to a person. Only links stay for long. */
export const encryptedKinds = {
  links: 'connections',
  attempts: 'attempts to link',
  invitations: 'private answers to /link',
} as const

export type EncryptedKind = keyof typeof encryptedKinds

/**
 * `rows`: how many of a kind each key has encrypted, by the key's id; "?" for what is not Hearsay's. `foreign`: kind and
 * key of each row that cannot be read or that nobody has encrypted.
 */
export type KeyUsage = Awaited<ReturnType<typeof countKeyUsage>>

const atOnce = 100

/** Reads every row that holds something encrypted. For the operator: it takes seconds where there are many. */
export async function countKeyUsage(store: Pick<Store, 'get' | 'keys'>) {
  const foreign: string[] = []
  const rows = {
    links: await count('links'),
    attempts: await count('attempts'),
    invitations: await count('invitations'),
  }
  return { rows, foreign }

  async function count(kind: EncryptedKind) {
    const rows = new Map<string, number>()
    await forEachKey(store, kind, async (key) => {
      const id = await keyIdIn(store, kind, key)
      if (id === undefined) return
      if (id === '?') foreign.push(`${kind} ${key}`)
      rows.set(id, (rows.get(id) ?? 0) + 1)
    })
    return rows
  }
}

/** How many rows a key has encrypted, whatever they are. */
export function rowsOf({ rows }: KeyUsage, keyId: string): number {
  return Object.values(rows).reduce((sum, rows) => sum + (rows.get(keyId) ?? 0), 0)
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

/** Does something about every row of a kind, in batches, so that a million keys are never in memory at once. */
export async function forEachKey(
  store: Pick<Store, 'keys'>,
  kind: EncryptedKind,
  work: (key: string) => Promise<void>,
): Promise<void> {
  let batch: Promise<void>[] = []
  for await (const key of store.keys(kind)) {
    batch.push(work(key))
    if (batch.length < atOnce) continue
    await Promise.all(batch)
    batch = []
  }
  await Promise.all(batch)
}
