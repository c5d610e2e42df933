import { afterAll, beforeAll, expect, test } from 'vitest'
import { UnreadableRecordError, type Json } from '../../src/store/store.ts'
import { startLinkFixture, told, type LinkFixture } from '../spotify/link-fixture.ts'

let fixture: LinkFixture
beforeAll(async () => (fixture = await startLinkFixture()))
afterAll(() => fixture.close())

test.each<[string, Json]>([
  ['with nothing in it', {}],
  ['of null', null],
  ['of no list', []],
  ['of no text', ''],
  ['of half a link', { id: 'a-link', version: 1, endedAt: null }],
])('a stored connection %s is not taken for none; it can be deleted, and made anew', async (_, record) => {
  const { accounts } = fixture.startProgram()
  const person = await fixture.member()
  await fixture.store.set('links', person, record)
  for (const work of [accounts.find(person), accounts.get(person)])
    await expect(work).rejects.toThrow(UnreadableRecordError)
  expect(await told(accounts.get(person))).toContain('`/unlink` deletes it')
  expect(await accounts.findIfReadable(person)).toBeNull()
  await accounts.unlink(person)
  expect(await accounts.find(person)).toBeUndefined()
  expect(await fixture.store.get('links', person)).toBeUndefined()
})
