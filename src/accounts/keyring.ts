import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createCrypto, DecryptionError, flawInKeys, keysIn, type Crypto, type TokenKey } from '../crypto.ts'
import { StartupError } from '../errors.ts'
import type { Store, Versioned } from '../store/store.ts'
import { countKeyUsage, rowsOf } from './key-usage.ts'

/** The keys cannot decrypt what is stored, so starting would make everybody look unlinked. */
export class KeyringError extends StartupError {}

/** Where the keys are, as an operator finds them: the path of a file, or the variable. */
export function placeOf(tokenKeys: readonly TokenKey[] | string): string {
  return typeof tokenKeys === 'string' ? tokenKeys : 'TOKEN_KEYS'
}

/** The keys; where a file is named, those in it: as TOKEN_KEYS, or with a line for each. Throws KeyringError. */
export function readKeyring(tokenKeys: readonly TokenKey[] | string): readonly TokenKey[] {
  if (typeof tokenKeys !== 'string') return tokenKeys
  if (!existsSync(tokenKeys)) throw new KeyringError(keysGone(tokenKeys))
  const text = readKeyFile(tokenKeys)
    .trim()
    .replaceAll(/[\s,]+/g, ',')
  if (!flawInKeys(text)) return keysIn(text)
  throw new KeyringError(`${tokenKeys} is damaged. Put back the copy that belongs to this data.`)
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new KeyringError(`${path} cannot be read. Check its owner and permissions.`, { cause })
  }
}

/** What to do where the file with the keys is missing, and data are there. */
export function keysGone(path: string): string {
  return `What is stored was encrypted with a key that is gone. Put ${path} back, or set TOKEN_KEYS to that key.`
}

/**
 * Makes the file with a first key where there is none, and nothing that needs one: true when it did. Throws
 * KeyringError where something is stored already: with another key it could never be read again.
 */
export async function makeFirstKey(
  tokenKeys: readonly TokenKey[] | string,
  store: Pick<Store, 'get' | 'keys'>,
): Promise<boolean> {
  if (typeof tokenKeys !== 'string' || existsSync(tokenKeys)) return false
  const { rows } = await countKeyUsage(store)
  if ((await store.get('keys', 'ring')) !== undefined || [...rows.keys()].some((id) => id !== '?'))
    throw new KeyringError(keysGone(tokenKeys))
  // Whole or not there, also where there is no room for it, or the power is lost.
  const part = `${tokenKeys}.part`
  try {
    mkdirSync(dirname(tokenKeys), { recursive: true, mode: 0o700 })
    writeFileSync(part, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true })
    renameSync(part, tokenKeys)
  } catch (cause) {
    rmSync(part, { force: true })
    const why = `${tokenKeys} could not be written. Free some space on that disk, or check the owner of its folder.`
    throw new KeyringError(why, { cause })
  }
  return true
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
 * first active. Throws KeyringError when a key is missing or not the one of that name; `place` is where the keys are.
 */
export async function openKeyring(
  ring: readonly TokenKey[],
  store: KeyringStore,
  place = 'TOKEN_KEYS',
): Promise<Crypto> {
  const [active] = ring
  if (!active) throw new KeyringError(`${place} holds no key.`)
  const crypto = createCrypto(active, ring)
  const { texts } = await readKeyRecord(store)
  for (const [id, constant] of Object.entries(texts)) {
    try {
      crypto.decrypt(constant, 'ring', id)
    } catch (error) {
      throw error instanceof DecryptionError ? await refusal(ring, id, store, place) : error
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

async function refusal(
  ring: readonly TokenKey[],
  id: string,
  store: KeyringStore,
  place: string,
): Promise<KeyringError> {
  // The count makes the sentence better; where it cannot be had, the sentence is what matters.
  const usage = await countKeyUsage(store).catch(() => undefined)
  const rows = usage ? rowsOf(usage, id) : 0
  const what = rows === 1 ? '1 stored row is encrypted' : `${rows || 'some'} stored rows are encrypted`
  const again =
    place === 'TOKEN_KEYS' ? `after the new one: TOKEN_KEYS=new:...,${id}:...` : 'on a line below the new one.'
  return new KeyringError(
    ring.some((key) => key.id === id)
      ? `${place} holds another key "${id}" than the one with which ${what}. ` +
          'Put that key back, and give the new one an id of its own.'
      : `${place} lacks the key "${id}", with which ${what}. Add it again, ${again} ` +
          'To get rid of it, run npm run keys -- reseal before you remove it.',
  )
}

/**
 * Opens the keyring over what a store holds and writes nothing: true where its first key is new there. Throws
 * KeyringError. Rows are not counted: `npm run keys` does that.
 */
export async function tryKeyring(tokenKeys: readonly TokenKey[] | string, get: Store['get']): Promise<boolean> {
  let isNew = false
  const remember = async (): Promise<boolean> => (isNew = true)
  const store: KeyringStore = { get, create: remember, compareAndSet: remember, async *keys() {} }
  await openKeyring(readKeyring(tokenKeys), store, placeOf(tokenKeys))
  return isNew
}

/** Of the keys in the ring, the ids of those that are not the ones with which the rows of their name were encrypted. */
export async function othersOfThatName(ring: readonly TokenKey[], store: KeyringStore): Promise<string[]> {
  const { texts } = await readKeyRecord(store)
  return ring.filter((key) => Object.hasOwn(texts, key.id) && !opens(key, texts[key.id] ?? '')).map(({ id }) => id)
}

function opens(key: TokenKey, constant: string): boolean {
  try {
    createCrypto(key, [key]).decrypt(constant, 'ring', key.id)
    return true
  } catch (error) {
    if (error instanceof DecryptionError) return false
    throw error
  }
}
