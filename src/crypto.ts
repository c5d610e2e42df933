import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

export interface TokenKey {
  readonly id: string
  /** 32 bytes. */
  readonly key: Buffer
}

/** Text that only somebody with the key ring can read, and only as what it was sealed for. */
export interface Crypto extends KeyedHashes {
  /** `owner` and `field` say whose and what it is; it opens as nothing else. */
  encrypt(text: string, owner: string, field: string): string
  /** Throws SealError for a key that is not on the ring, or a text that was moved or altered. */
  decrypt(sealed: string, owner: string, field: string): string
  /** Whether the active key has sealed it. */
  isCurrent(sealed: string): boolean
}

export class DecryptionError extends Error {
  override readonly name = 'DecryptionError'
}

const version = 'v1'
const algorithm = 'aes-256-gcm'
const authTagLength = 16

/** The active key closes, every key of the ring opens. */
export function createCrypto(active: TokenKey, ring: readonly TokenKey[]): Crypto {
  return {
    ...createKeyedHashes(active, ring),
    encrypt(text, owner, field) {
      const { id, key } = active
      const nonce = randomBytes(12)
      const cipher = createCipheriv(algorithm, keyFor(key, owner, field), nonce, { authTagLength })
      cipher.setAAD(about(id, owner, field))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return [version, id, nonce.toString('base64url'), sealed.toString('base64url')].join('.')
    },
    decrypt(sealed, owner, field) {
      const [found, id = '', nonce = '', body = ''] = sealed.split('.')
      const entry = ring.find((key) => key.id === id)
      if (found !== version || !entry)
        throw new DecryptionError(`Sealed with key "${id.slice(0, 20)}", which TOKEN_KEYS lacks`)
      try {
        const bytes = Buffer.from(body, 'base64url')
        const decipher = createDecipheriv(
          algorithm,
          keyFor(entry.key, owner, field),
          Buffer.from(nonce, 'base64url'),
          // Without it a shorter tag would do, which is easier to guess.
          { authTagLength },
        )
        decipher.setAAD(about(id, owner, field))
        decipher.setAuthTag(bytes.subarray(-authTagLength))
        return decipher.update(bytes.subarray(0, -authTagLength), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new DecryptionError(`The ${field} sealed with key "${id}" does not open: it was moved or altered`, {
          cause,
        })
      }
    },
    isCurrent: (sealed) => keyIdOf(sealed) === active.id,
  }
}

/** The id of the key that a text was sealed with; undefined for what is no sealed text. */
export function keyIdOf(sealed: string): string | undefined {
  const [found, id, nonce, body] = sealed.split('.')
  return found === version && id && nonce && body ? id : undefined
}

function keyFor(key: Buffer, owner: string, field: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `hearsay ${field} of ${owner}`, 32))
}

function about(id: string, owner: string, field: string): Buffer {
  return Buffer.from(JSON.stringify([version, id, owner, field]))
}

/** What is stored in the place of an id that could be guessed: without the key ring nobody can tell whose it is. */
export interface KeyedHashes {
  /** Of a text in one use, by every key of the ring: the first is written, and any of them may be found. */
  hmacs(text: string, use: string): readonly [string, ...string[]]
}

/** The active key writes; what an earlier one wrote is found for as long as that is on the ring. */
function createKeyedHashes(active: TokenKey, ring: readonly TokenKey[]): KeyedHashes {
  const earlier = ring.filter(({ id }) => id !== active.id)
  return {
    hmacs: (text, use) => [markBy(active, text, use), ...earlier.map((key) => markBy(key, text, use))],
  }
}

function markBy({ key }: TokenKey, text: string, use: string): string {
  const own = Buffer.from(hkdfSync('sha256', key, '', `hearsay mark for ${use}`, 32))
  return createHmac('sha256', own).update(text).digest('hex')
}

/**
 * What is stored instead of a secret, or of something long: it finds the record, and the record does not give the
 * secret away. Not for what can be guessed, such as ids of people: those get a mark of the key ring.
 */
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
