import { expect, test } from 'vitest'
import { createCrypto, DecryptionError } from '../src/crypto.ts'

const key = { id: 'k1', key: Buffer.alloc(32, 7) }
const crypto = createCrypto(key, [key])

test.for(['', 'a refresh token'])('%j is decrypted as what it was encrypted for, and as nothing else', (text) => {
  const encrypted = crypto.encrypt(text, 'ana', 'refresh')
  expect(crypto.decrypt(encrypted, 'ana', 'refresh')).toBe(text)
  expect(() => crypto.decrypt(encrypted, 'ben', 'refresh')).toThrow(DecryptionError)
  expect(() => crypto.decrypt(encrypted, 'ana', 'verifier')).toThrow(DecryptionError)
})

test.for([15, 14, 13, 12, 8, 4, 1, 0])('a tag cut to %i bytes of its sixteen is refused', (length) => {
  const [version, id, nonce, tag = ''] = crypto.encrypt('', 'ana', 'refresh').split('.')
  const bytes = Buffer.from(tag, 'base64url')
  expect(bytes.length).toBe(16)
  const cut = [version, id, nonce, bytes.subarray(0, length).toString('base64url')].join('.')
  expect(() => crypto.decrypt(cut, 'ana', 'refresh')).toThrow(DecryptionError)
})
