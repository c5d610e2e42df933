import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../store/store.ts'
import { createSeal, SealError, type Seal, type TokenKey } from './seal.ts'

/** The keys cannot open what is stored, so starting would make everybody look unlinked. */
export class KeyRingError extends Error {
  override readonly name = 'KeyRingError'
}

/** The file of the ring that is kept beside the embedded store. */
export function ringFile(directory: string): string {
  return join(directory, 'token-keys')
}

/** The ring kept beside the embedded store, made on the first start. */
export function ringBesideStore(directory: string): TokenKey[] {
  const path = ringFile(directory)
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeFileSync(path, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  }
  const [id = '', encoded = ''] = readFileSync(path, 'utf8').trim().split(':')
  const key = Buffer.from(encoded, 'base64')
  if (!id || key.length !== 32)
    throw new KeyRingError(`${path} is damaged. Put back the copy that belongs to this data.`)
  return [{ id, key }]
}

/**
 * A seal over the ring, after it has opened the constant that every key left in the store when it was
 * first active. Throws KeyRingError when a key is missing or not the one of that name.
 */
export async function openRing(ring: readonly TokenKey[], store: Pick<Store, 'get' | 'set'>): Promise<Seal> {
  const [active] = ring
  if (!active) throw new KeyRingError('TOKEN_KEYS holds no key.')
  const seal = createSeal(active, ring)
  const stored = ((await store.get('keys', 'constants')) ?? {}) as { readonly [id: string]: string }
  for (const [id, constant] of Object.entries(stored)) confirm(seal, id, constant)
  if (!stored[active.id]) {
    await store.set('keys', 'constants', { ...stored, [active.id]: seal.close('hearsay', 'ring', active.id) })
  }
  return seal
}

function confirm(seal: Seal, id: string, constant: string): void {
  try {
    seal.open(constant, 'ring', id)
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new KeyRingError(
      `What is stored was sealed with a key "${id}" that TOKEN_KEYS does not hold. ` +
        'Add that key again, after the new one: TOKEN_KEYS=new:...,old:...',
      { cause },
    )
  }
}
