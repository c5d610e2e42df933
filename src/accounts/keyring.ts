import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createCrypto, DecryptionError, flawInKeys, keysIn, type Crypto, type TokenKey } from '../crypto.ts'
import { StartupError } from '../errors.ts'
import type { Store, Versioned } from '../store/store.ts'
import { countKeyUsage, rowsOf } from './key-usage.ts'

/** The keys cannot decrypt what is stored, so starting would make everybody look unlinked. */
export class KeyringError extends StartupError {}

/** The keys; where a file is named, those in it: as TOKEN_KEYS, or with a line for each. The first start makes it. */
export function readKeyring(tokenKeys: readonly TokenKey[] | string): readonly TokenKey[] {
  if (typeof tokenKeys !== 'string') return tokenKeys
  if (!existsSync(tokenKeys)) {
    mkdirSync(dirname(tokenKeys), { recursive: true, mode: 0o700 })
    writeFileSync(tokenKeys, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  }
  const text = readFileSync(tokenKeys, 'utf8')
    .trim()
    .replaceAll(/[\s,]+/g, ',')
  if (!flawInKeys(text)) return keysIn(text)
  throw new KeyringError(`${tokenKeys} is damaged. Put back the copy that belongs to this data.`)
}

/** What is stored about the keys. */
interface KeyRecord extends Versioned {
  /** By the id of a key: what it encrypted when it was first active. The program does not start without these keys. */
  readonly texts: Readonly<Record<string, string>>
  /** The key that the bot encrypts with, and when it first started with that in front, in milliseconds. */
  readonly active?: { readonly id: string; readonly since: number }
}

type KeyringStore = Pick<Store, 'get' | 'create' | 'compareAndSet' | 'keys'>

/**
 * Crypto with the keyring, after it has decrypted the constant that every key left in the store when it was
 * first active. Throws KeyringError when a key is missing or not the one of that name.
 */
export async function openKeyring(ring: readonly TokenKey[], store: KeyringStore): Promise<Crypto> {
  const [active] = ring
  if (!active) throw new KeyringError('TOKEN_KEYS holds no key.')
  const crypto = createCrypto(active, ring)
  const { texts } = await readKeyRecord(store)
  for (const [id, constant] of Object.entries(texts)) {
    try {
      crypto.decrypt(constant, 'ring', id)
    } catch (error) {
      throw error instanceof DecryptionError ? await refusal(ring, id, store) : error
    }
  }
  // A key may be called `constructor`.
  if (!Object.hasOwn(texts, active.id)) {
    const text = crypto.encrypt('hearsay', 'ring', active.id)
    await changeKeyRecord(store, ({ texts }) => ({ texts: { [active.id]: text, ...texts } }))
  }
  return crypto
}

/** Lets the program start without these keys from now on. Only for keys that have encrypted nothing that is left. */
export async function releaseKeys(store: Store, ids: readonly string[]): Promise<void> {
  await changeKeyRecord(store, ({ texts }) => ({
    texts: Object.fromEntries(Object.entries(texts).filter(([id]) => !ids.includes(id))),
  }))
}

/** Notes since when the bot uses the first key of the keyring: HMACs by earlier ones end within a day of that. */
export async function recordActiveKey([active]: readonly TokenKey[], store: KeyringStore, now = Date.now()) {
  if (!active || (await readKeyRecord(store)).active?.id === active.id) return
  await changeKeyRecord(store, () => ({ active: { id: active.id, since: now } }))
}

export async function readKeyRecord(store: KeyringStore): Promise<KeyRecord> {
  return ((await store.get('keys', 'ring')) as KeyRecord | undefined) ?? { version: 0, texts: {} }
}

async function changeKeyRecord(store: KeyringStore, change: (before: KeyRecord) => Partial<KeyRecord>): Promise<void> {
  for (;;) {
    const before = await readKeyRecord(store)
    const { version } = before
    const next: KeyRecord = { ...before, ...change(before), version: version + 1 }
    const done = version === 0 ? store.create('keys', 'ring', next) : store.compareAndSet('keys', 'ring', version, next)
    if (await done) return
  }
}

async function refusal(ring: readonly TokenKey[], id: string, store: KeyringStore): Promise<KeyringError> {
  // The count makes the sentence better; where it cannot be had, the sentence is what matters.
  const usage = await countKeyUsage(store).catch(() => undefined)
  const rows = usage ? rowsOf(usage, id) : 0
  const what = rows === 1 ? '1 stored row is encrypted' : `${rows || 'some'} stored rows are encrypted`
  return new KeyringError(
    ring.some((key) => key.id === id)
      ? `TOKEN_KEYS holds another key "${id}" than the one with which ${what}. ` +
          'Put that key back, and give the new one an id of its own.'
      : `TOKEN_KEYS lacks the key "${id}", with which ${what}. Add it again, after the new one: ` +
          `TOKEN_KEYS=new:...,${id}:... To get rid of it, run npm run keys -- reseal before you remove it.`,
  )
}
