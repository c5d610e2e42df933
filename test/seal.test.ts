import { expect, test } from 'vitest'
import { createCrypto, DecryptionError } from '../src/crypto.ts'

const key = { id: 'k1', key: Buffer.alloc(32, 7) }
const seal = createCrypto(key, [key])

test.for(['', 'a refresh token'])('%j opens as what it was sealed for, and as nothing else', (text) => {
  const sealed = seal.encrypt(text, 'ana', 'refresh')
  expect(seal.decrypt(sealed, 'ana', 'refresh')).toBe(text)
  expect(() => seal.decrypt(sealed, 'ben', 'refresh')).toThrow(DecryptionError)
  expect(() => seal.decrypt(sealed, 'ana', 'verifier')).toThrow(DecryptionError)
})

test.for([15, 14, 13, 12, 8, 4, 1, 0])('a seal cut to %i bytes of its sixteen does not open', (length) => {
  const [version, id, nonce, tag = ''] = seal.encrypt('', 'ana', 'refresh').split('.')
  const bytes = Buffer.from(tag, 'base64url')
  expect(bytes.length).toBe(16)
  const cut = [version, id, nonce, bytes.subarray(0, length).toString('base64url')].join('.')
  expect(() => seal.decrypt(cut, 'ana', 'refresh')).toThrow(DecryptionError)
})
