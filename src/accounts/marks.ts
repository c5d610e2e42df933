import { createHmac, hkdfSync } from 'node:crypto'
import type { TokenKey } from '../crypto.ts'

/** What is stored in the place of an id that could be guessed: without the key ring nobody can tell whose it is. */
export interface KeyedHashes {
  /** Of a text in one use, by every key of the ring: the first is written, and any of them may be found. */
  hmacs(text: string, use: string): readonly [string, ...string[]]
}

/** The active key writes; what an earlier one wrote is found for as long as that is on the ring. */
export function createKeyedHashes(active: TokenKey, ring: readonly TokenKey[]): KeyedHashes {
  const earlier = ring.filter(({ id }) => id !== active.id)
  return {
    hmacs: (text, use) => [markBy(active, text, use), ...earlier.map((key) => markBy(key, text, use))],
  }
}

function markBy({ key }: TokenKey, text: string, use: string): string {
  const own = Buffer.from(hkdfSync('sha256', key, '', `hearsay mark for ${use}`, 32))
  return createHmac('sha256', own).update(text).digest('hex')
}
