import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { NamedError } from './errors.ts'

export interface TokenKey {
  readonly id: string
  /** 32 bytes. */
  readonly key: Buffer
}

export type Crypto = ReturnType<typeof createCrypto>

export class DecryptionError extends NamedError {}

const version = 'v1'
const algorithm = 'aes-256-gcm'
const authTagLength = 16
const nonceLength = 12

/**
 * Text that only somebody with the keyring can read, and only as what it was encrypted for. `owner` and `field` say
 * whose and what it is. The active key encrypts, every key of the keyring decrypts.
 */
export function createCrypto(active: TokenKey, ring: readonly TokenKey[]) {
  const earlier = ring.filter(({ id }) => id !== active.id)
  return { encrypt, decrypt, isCurrent, hmacs }

  function encrypt(text: string, owner: string, field: string): string {
    const { id, key } = active
    const nonce = randomBytes(nonceLength)
    const cipher = createCipheriv(algorithm, keyFor(key, owner, field), nonce, { authTagLength })
    cipher.setAAD(associatedData(id, owner, field))
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return [version, id, nonce.toString('base64url'), body.toString('base64url')].join('.')
  }

  /** Throws DecryptionError for a key that is not in the keyring, or a text that was moved or altered. */
  function decrypt(encrypted: string, owner: string, field: string): string {
    const [found, id = '', nonce = '', body = ''] = encrypted.split('.')
    const entry = ring.find((key) => key.id === id)
    if (found !== version || !entry)
      throw new DecryptionError(`Encrypted with key "${id.slice(0, 20)}", which the keyring lacks`)
    try {
      const bytes = Buffer.from(body, 'base64url')
      const key = keyFor(entry.key, owner, field)
      // Without the length a shorter tag would do, which is easier to guess.
      const decipher = createDecipheriv(algorithm, key, Buffer.from(nonce, 'base64url'), { authTagLength })
      decipher.setAAD(associatedData(id, owner, field))
      decipher.setAuthTag(bytes.subarray(-authTagLength))
      return decipher.update(bytes.subarray(0, -authTagLength), undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      const message = `The ${field} encrypted with key "${id}" cannot be decrypted: it was moved or altered`
      throw new DecryptionError(message, { cause })
    }
  }

  /** Whether the active key has encrypted it. */
  function isCurrent(encrypted: string): boolean {
    return keyIdOf(encrypted) === active.id
  }

  /** Stored in the place of an id that could be guessed, by every key: the first is written, any may be found. */
  function hmacs(text: string, use: string): readonly [string, ...string[]] {
    return [hmacBy(active, text, use), ...earlier.map((key) => hmacBy(key, text, use))]
  }
}

/** Bytes that only somebody with the key, of 32 bytes, can read, and only under this name. */
export function encryptBytes(bytes: Uint8Array, key: Buffer, name: string): Buffer {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength }).setAAD(Buffer.from(name))
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** Throws DecryptionError for what was encrypted with another key, moved or altered. */
export function decryptBytes(encrypted: Buffer, key: Buffer, name: string): Buffer {
  try {
    const nonce = encrypted.subarray(0, nonceLength)
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength }).setAAD(Buffer.from(name))
    decipher.setAuthTag(encrypted.subarray(-authTagLength))
    const bytes = decipher.update(encrypted.subarray(nonceLength, -authTagLength))
    decipher.final()
    return bytes
  } catch (cause) {
    throw new DecryptionError(`The bytes "${name.slice(0, 8)}…" cannot be decrypted`, { cause })
  }
}

/** What is wrong with a keyring in the form of TOKEN_KEYS, `id:base64(32 bytes)` with commas between, or false. */
export function flawInKeys(text: string): string | false {
  const keys = keysIn(text)
  const fix = 'make one with: openssl rand -base64 32'
  if (keys.some(({ id }) => !/^[\w-]{1,32}$/.test(id)))
    return `must be id:key pairs with commas between them, ids of letters and digits: ${fix}`
  if (text.split(',').some((pair) => !/^[^:]*:[\w+/-]{43}=?$/.test(pair)))
    return `holds a key that is not base64 of 32 bytes: ${fix}`
  return new Set(keys.map(({ id }) => id)).size < keys.length && 'has the same id twice: give each key its own id'
}

export function keysIn(text: string): TokenKey[] {
  return text.split(',').map((pair) => {
    const [id = '', encoded = ''] = pair.split(':')
    return { id, key: Buffer.from(encoded, 'base64') }
  })
}

/** The id of the key that a text was encrypted with; undefined for what is no encrypted text. */
export function keyIdOf(encrypted: string): string | undefined {
  const [found, id, nonce, body] = encrypted.split('.')
  return found === version && id && nonce && body ? id : undefined
}

function keyFor(key: Buffer, owner: string, field: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `hearsay ${field} of ${owner}`, 32))
}

function associatedData(id: string, owner: string, field: string): Buffer {
  return Buffer.from(JSON.stringify([version, id, owner, field]))
}

function hmacBy({ key }: TokenKey, text: string, use: string): string {
  const own = Buffer.from(hkdfSync('sha256', key, '', `hearsay mark for ${use}`, 32))
  return createHmac('sha256', own).update(text).digest('hex')
}

/** Stored instead of a secret, or of something long. Not for what can be guessed, as ids of people: see `hmacs`. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** 256 random bits that nobody can guess, in 43 characters that a URL or cookie carries unchanged. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function isSecretShaped(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}

/** Throws when the machine's random source repeats itself: every link would be guessable. */
export function checkRandomSource(source: (size: number) => Buffer = randomBytes): void {
  const drawn = [source(32), source(32)] as const
  if (drawn[0].equals(drawn[1]) || drawn.some((bytes) => new Set(bytes).size < 4)) {
    throw new Error('The random source of this machine repeats itself, so no link would be safe. Nothing was started.')
  }
}
