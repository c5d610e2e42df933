import { expect, test } from 'vitest'
import { createLinks, type Link } from '../../src/accounts/links.ts'
import { KeyringError, recordActiveKey, openKeyring } from '../../src/accounts/keyring.ts'
import { createCrypto } from '../../src/crypto.ts'
import { reseal, status } from '../../src/keys/rotation.ts'
import { createNotices } from '../../src/roundups/notices.ts'
import { marked } from '../../src/roundups/posted-message.ts'
import { createRoundupHeads } from '../../src/roundups/roundup-heads.ts'
import type { Publisher } from '../../src/roundups/roundups.ts'
import { StoreUnavailableError, UnreadableRecordError } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'

const [k1, k2, k3] = ([1, 2, 3] as const).map((number) => ({ id: `k${number}`, key: Buffer.alloc(32, number) })) as [
  Key,
  Key,
  Key,
]
type Key = { readonly id: string; readonly key: Buffer }

test('a link is encrypted anew when it is read, and decrypts as before', async () => {
  const store = modelStore()
  await link(store, 'ana', k1)
  const seal = createCrypto(k2, [k2, k1])
  const links = createLinks(store, seal)
  const read = await links.find('ana')
  expect(seal.isCurrent(read?.refreshToken ?? '')).toBe(true)
  expect(read).toEqual(await store.get('links', 'ana'))
  expect(read && links.decryptRefreshToken('ana', read)).toBe('token of ana')
  expect(await links.find('ana')).toEqual(read)
})

test('a link that has ended is not kept longer by being read', async () => {
  const store = modelStore()
  const ended = await link(store, 'ana', k1, 1_790_000_000_000)
  expect(await createLinks(store, createCrypto(k2, [k2, k1])).read('ana')).toEqual(ended)
  expect(await store.get('links', 'ana')).toEqual(ended)
})

test('a store that takes nothing, or a key that is not there, takes nobody’s link away', async () => {
  const store = modelStore()
  const old = await link(store, 'ana', k1)
  expect(await createLinks(store, createCrypto(k2, [k2])).find('ana')).toEqual(old)
  store.compareAndSet = () => Promise.reject(new StoreUnavailableError('full'))
  expect(await createLinks(store, createCrypto(k2, [k2, k1])).find('ana')).toEqual(old)
  expect(await reseal(store, [k2, k1])).toMatchObject({ good: false })
})

test('a row that somebody refreshes while it is encrypted anew keeps the new token', async () => {
  const store = modelStore()
  const old = await link(store, 'ana', k1)
  const { compareAndSet: replace } = store
  store.compareAndSet = async (kind, key, version, value) => {
    store.compareAndSet = replace
    const refreshToken = createCrypto(k2, [k2]).encrypt('rotated', 'ana', 'refresh-token')
    await replace('links', 'ana', old.version, { ...old, refreshToken, version: old.version + 1 })
    return replace(kind, key, version, value)
  }
  const links = createLinks(store, createCrypto(k2, [k2, k1]))
  const read = await links.find('ana')
  expect(read && links.decryptRefreshToken('ana', read)).toBe('rotated')
})

test.each(['constructor', 'toString', '__proto__'])('a key called %s is missed like any other', async (id) => {
  const store = modelStore()
  await openKeyring([{ ...k1, id }], store)
  await expect(openKeyring([k2], store)).rejects.toThrow(`lacks the key "${id}"`)
  await expect(openKeyring([{ ...k2, id }], store)).rejects.toThrow(`holds another key "${id}"`)
})

test('a thousand rows of three keys are counted and encrypted anew, and the old keys released', async () => {
  const store = modelStore()
  for (const ring of [[k1], [k2, k1], [k3, k2, k1]]) await openKeyring(ring, store)
  for (let number = 0; number < 1_000; number += 1) await link(store, `p${number}`, [k1, k2, k3][number % 3] ?? k1)
  await recordActiveKey([k3], store, 0)
  expect((await status(store, [k3, k2, k1])).lines.slice(0, 3)).toEqual([
    'k3          active: 333 connections, 0 link sessions, 0 private answers to /link',
    'k2          opens: 333 connections, 0 link sessions, 0 private answers to /link',
    'k1          opens: 334 connections, 0 link sessions, 0 private answers to /link',
  ])
  expect(await reseal(store, [k3, k2, k1])).toEqual({
    good: true,
    lines: ['Encrypted with k3 now: 1000 connections.', 'k2, k1 can be removed from TOKEN_KEYS.'],
  })
  const links = createLinks(store, await openKeyring([k3], store))
  for (const number of [0, 1, 2, 999]) {
    const read = await links.find(`p${number}`)
    expect(read && links.decryptRefreshToken(`p${number}`, read)).toBe(`token of p${number}`)
  }
})

test('a row that was moved is said, does not open, and keeps no key from being removed', async () => {
  const store = modelStore()
  await openKeyring([k1], store)
  await store.set('links', 'ben', await link(store, 'ana', k1))
  const { lines, good } = await reseal(store, [k2, k1])
  expect(lines).toContain('Encrypted with k1 and altered or moved since: 1 row. Their people have to link again.')
  expect(good).toBe(true)
})

test('a key is not released before what it has encrypted is gone', async () => {
  const store = modelStore()
  await openKeyring([k1], store)
  await store.set('attempts', 'a', createCrypto(k1, [k1]).encrypt('{}', 'a', 'attempt'))
  expect(await reseal(store, [k2, k1])).toMatchObject({ good: false })
  await expect(openKeyring([k2], store)).rejects.toThrow(KeyringError)
  await store.delete('attempts', 'a')
  expect(await reseal(store, [k2, k1])).toMatchObject({ good: true })
  await openKeyring([k2], store)
})

test('whom to write to about roundups is counted, and keeps its key until the messages are sent', async () => {
  const store = modelStore()
  await openKeyring([k1], store)
  const heads = createRoundupHeads(store, Date.now)
  const publisher = { notify: () => Promise.reject(new Error('Discord is away')) } as unknown as Publisher
  const process = (keys: readonly [Key, ...Key[]]) =>
    createNotices(heads, publisher, createCrypto(keys[0], keys), Date.now, async () => undefined)
  await process([k1]).add('server', '175928847299117063', 'paused', 'channel', 'one')
  await process([k2, k1]).add('server', '218430562115657728', 'paused', 'channel', 'two')
  await heads.change('server', ({ messages }, version) => {
    const ends = Date.now() + 60_000
    const post = { channel: 'channel', message: 'post', roundup: 'id', ends, pending: null }
    return { messages: [...messages, marked(post, version, 0, process([k3]).toTell(post, ['402218760019345408']))] }
  })
  const { lines } = await status(store, [k2, k1])
  expect(lines.slice(0, 3)).toEqual([
    expect.stringMatching(/^k2 .*, direct messages about roundups of 1 servers$/),
    expect.stringMatching(/^k1 .*, direct messages about roundups of 1 servers$/),
    expect.stringMatching(/^k3 .*MISSING.*, direct messages about roundups of 1 servers$/),
  ])
  const resealed = await reseal(store, [k2, k1])
  expect(resealed).toMatchObject({ good: false })
  expect(resealed.lines).toContainEqual(
    expect.stringMatching(/^Still encrypted with k1: 1 row\..*a week as a rule at most\.$/),
  )
  await expect(openKeyring([k2], store)).rejects.toThrow('with which 1 stored row is encrypted')
  await heads.change('server', () => ({ notices: [], messages: [] }))
  expect(await reseal(store, [k2, k1])).toMatchObject({ good: true })
})

test('a row that cannot be read is named, and keeps nobody else’s from being encrypted anew', async () => {
  const store = modelStore()
  await openKeyring([k1], store)
  await link(store, 'ana', k1)
  await store.set('links', '998', {})
  await store.set('links', '999', 'broken')
  const { get } = store
  store.get = async (kind, key) => {
    if (key === '999') throw new UnreadableRecordError()
    return get(kind, key)
  }
  const names = [998, 999].map((row) => expect.stringMatching(`^Not what Hearsay wrote: links ${row}\\.`))
  const before = await status(store, [k2, k1])
  expect(before).toMatchObject({ good: false, lines: expect.arrayContaining(names) })
  expect(before.lines).toContain(
    '?           not encrypted by Hearsay: 2 connections, 0 link sessions, 0 private answers to /link',
  )
  expect(before.lines.at(-1)).toBe('To be able to remove k1: npm run keys -- reseal')
  expect(await reseal(store, [k2, k1])).toMatchObject({
    good: true,
    lines: expect.arrayContaining(['Encrypted with k2 now: 1 connection.', ...names]),
  })
})

test('a wrong ring is said as such where the rows cannot be counted', async () => {
  const store = modelStore()
  await openKeyring([k1], store)
  await link(store, 'ana', k1)
  const { get } = store
  store.get = async (kind, key) => {
    if (kind === 'links') throw new StoreUnavailableError('away')
    return get(kind, key)
  }
  await expect(openKeyring([k2], store)).rejects.toThrow('TOKEN_KEYS lacks the key "k1", with which some stored rows')
})

test('an earlier key is to stay for a day after the bot began with the new one, for the records whose names come from it', async () => {
  const store = modelStore()
  const began = Date.parse('2026-11-22T10:00:00Z')
  const day = 24 * 60 * 60 * 1000
  await openKeyring([k1], store)
  await recordActiveKey([k1], store, began - 9 * day)
  const last = async (now: number) => (await status(store, [k2, k1], 'TOKEN_KEYS', now)).lines.at(-1)
  expect((await reseal(store, [k2, k1], 'TOKEN_KEYS', began)).lines.at(-1)).toMatch(
    /^k1 can be removed from TOKEN_KEYS a day after the bot was started with k2 in front\. Until then, \/unlink needs it/,
  )
  await recordActiveKey([k2, k1], store, began)
  await recordActiveKey([k2, k1], store, began + day / 2)
  expect(await last(began + day / 2)).toMatch(
    /^k1 can be removed from TOKEN_KEYS after 2026-11-23 10:00 UTC\. Until then, \/unlink needs it/,
  )
  expect(await last(began + day - 1)).toContain('after 2026-11-23 10:00 UTC')
  expect(await last(began + day)).toBe('k1 can be removed from TOKEN_KEYS.')
})

async function link(store: ReturnType<typeof modelStore>, person: string, key: Key, endedAt: number | null = null) {
  const link: Link = {
    ...{ id: `link of ${person}`, version: 1, spotifyId: person, spotifyName: person, clientId: 'app', scope: [] },
    ...{ authorizedAt: 1, endedAt, refreshToken: '' },
    refreshToken: createCrypto(key, [key]).encrypt(`token of ${person}`, person, 'refresh-token'),
  }
  await store.set('links', person, link)
  return link
}

test('a connection that was altered is counted, and its key is not told to be good', async () => {
  const store = modelStore()
  await openKeyring([k1], store)
  const { refreshToken, ...rest } = await link(store, 'ana', k1)
  await link(store, 'ben', k1)
  await store.set('links', 'ana', { ...rest, refreshToken: refreshToken.replace(/.{9}$/, 'AAAAAAAAA') })
  const before = await store.get('links', 'ana')
  const { lines, good } = await status(store, [k1])
  expect(lines.at(-1)).toBe(
    '1 connection cannot be decrypted: altered or moved. Put them back from a backup, or let their people link again.',
  )
  expect(good).toBe(false)
  expect(await store.get('links', 'ana')).toEqual(before)
})
