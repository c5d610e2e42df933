import { expect, test } from 'vitest'
import { UnlinkedMeanwhileError } from '../../src/accounts/errors.ts'
import { createInvitations } from '../../src/accounts/invitations.ts'
import { createTemporaryRecords, type TemporaryRecords } from '../../src/accounts/temporary-records.ts'
import { createCrypto } from '../../src/crypto.ts'
import { StoreFullError, StoreUnavailableError } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'

const key = { id: 'k1', key: Buffer.alloc(32, 1) }
const clientId = 'c0ffee00c0ffee00c0ffee00c0ffee00'

const failingWith = (failure: Error) => {
  const set = async (): Promise<never> => {
    throw failure
  }
  const temporaryRecords = { set } as unknown as TemporaryRecords
  return createInvitations(modelStore(), createCrypto(key, [key]), temporaryRecords, 'https://hearsay.test')
}

test.for([
  new StoreFullError('The store is full.'),
  new StoreUnavailableError('The connection is down.'),
  new UnlinkedMeanwhileError(),
])('without a hint for %s the address still leads to linking, by the same Spotify app', async (error) => {
  const invitations = failingWith(error)
  expect(await invitations.createOrPlain('ana', 'token', {})).toBe('https://hearsay.test/link')
  const own = `https://hearsay.test/link?client-id=${clientId}`
  expect(await invitations.createOrPlain('ana', 'token', { clientId })).toBe(own)
  await expect(invitations.create('ana', 'token', { clientId })).rejects.toBe(error)
})

test('what nobody expects is not hidden', async () => {
  const error = new TypeError('a mistake')
  await expect(failingWith(error).createOrPlain('ana', undefined, {})).rejects.toBe(error)
})

test('an answer noted while somebody unlinks brings nothing back', async () => {
  const store = modelStore()
  const crypto = createCrypto(key, [key])
  const records = createTemporaryRecords(store, crypto)
  let isRead = async (): Promise<void> => undefined
  const slow = {
    ...store,
    async get(kind: string, key: string) {
      const found = await store.get(kind, key)
      if (kind === 'invitations') await isRead()
      return found
    },
  }
  const invitations = createInvitations(slow, crypto, records, 'https://hearsay.test')
  const about = { place: '1/2', locale: 'de' }
  const address = await invitations.create('ana', 'token', about)
  const hint = new URL(address).searchParams.get('for') ?? ''
  await invitations.noteAnswer(address, 'token', 'its answer')
  expect(await invitations.find(hint)).toMatchObject({ person: 'ana', message: 'its answer', ...about })
  isRead = () => records.deleteAll('ana')
  await invitations.noteAnswer(address, 'token', 'another')
  expect(await invitations.find(hint)).toBeUndefined()
})
