import type { Json, Store } from '../store/store.ts'
import { keyIdOf } from './seal.ts'

/** How many rows of a kind each key has sealed, by the key's id; "?" for what nobody has sealed. */
export type RowsByKey = ReadonlyMap<string, number>

/** The kinds of rows that hold something sealed, and what they are to a person. Only links stay for long. */
export const sealedKinds = {
  links: 'connections',
  attempts: 'attempts to link',
  invitations: 'private answers to /link',
} as const

export type SealedKind = keyof typeof sealedKinds

const atOnce = 100

/** Reads every row that holds something sealed. For the operator: it takes seconds where there are many. */
export async function countSealed(store: Pick<Store, 'get' | 'keys'>): Promise<Record<SealedKind, RowsByKey>> {
  return {
    links: await count(store, 'links'),
    attempts: await count(store, 'attempts'),
    invitations: await count(store, 'invitations'),
  }
}

/** How many rows a key has sealed, whatever they are. */
export function rowsOf(counts: Record<SealedKind, RowsByKey>, keyId: string): number {
  return Object.values(counts).reduce((sum, rows) => sum + (rows.get(keyId) ?? 0), 0)
}

async function count(store: Pick<Store, 'get' | 'keys'>, kind: SealedKind): Promise<RowsByKey> {
  const rows = new Map<string, number>()
  await forEachKey(store, kind, async (key) => {
    const value = await store.get(kind, key)
    if (value === undefined) return
    const id = keyIdOf(sealedIn(value)) ?? '?'
    rows.set(id, (rows.get(id) ?? 0) + 1)
  })
  return rows
}

/** Does something about every row of a kind, several at a time. */
export async function forEachKey(
  store: Pick<Store, 'keys'>,
  kind: SealedKind,
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

function sealedIn(value: Json): string {
  if (typeof value === 'string') return value
  const token = typeof value === 'object' && value !== null && 'refreshToken' in value ? value.refreshToken : ''
  return typeof token === 'string' ? token : ''
}
