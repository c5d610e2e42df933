import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createLinks, type Link } from '../../src/accounts/links.ts'
import { countKeyUsage } from '../../src/accounts/key-usage.ts'
import { createCrypto, type TokenKey } from '../../src/crypto.ts'
import { reseal, status } from '../../src/keys/rotation.ts'
import { InvalidGrantError } from '../../src/spotify/errors.ts'
import type { SpotifyClients } from '../../src/spotify/clients.ts'
import { StoreFullError, StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { inEveryOrder } from '../store/every-order.ts'
import { modelStore } from '../store/model.ts'

const hour = 60 * 60 * 1000
const [k1, k2] = [1, 2].map((number) => ({ id: `k${number}`, key: Buffer.alloc(32, number) })) as [TokenKey, TokenKey]
const songs = Buffer.from('what is known of the songs of Ana')

test('Ana’s songs can be read by her record alone, and by nobody else’s', async () => {
  const { store, names, open } = fixture()
  const accounts = open()
  const link = await accounts.links('ana')
  expect(await accounts.libraryIndexes.read('ana', link)).toBeUndefined()
  expect(await accounts.libraryIndexes.touch(link, hour)).toBe(false)
  expect(await accounts.get('ana')).not.toHaveProperty('libraryIndex')

  await accounts.libraryIndexes.write('ana', link, songs, hour)
  const kept = await accounts.get('ana')
  expect(await accounts.libraryIndexes.read('ana', kept)).toEqual(songs)
  expect(await accounts.libraryIndexes.touch(kept, hour)).toBe(true)
  const [name = ''] = names
  expect(kept.libraryIndex?.name).toBe(name)
  expect((await store.getBytes(name))?.includes('songs of Ana')).toBe(false)
  expect(JSON.stringify(await accounts.exportData('ana'))).not.toContain(name)

  // Somebody who can write to the store moves it to another person.
  const ben = { ...(await accounts.links('ben')), libraryIndex: kept.libraryIndex } as Link
  expect(await accounts.libraryIndexes.read('ben', ben)).toBeUndefined()
})

test('the next one takes the place of the first, under the same name', async () => {
  const { names, open } = fixture()
  const accounts = open()
  const link = await accounts.links('ana')
  await accounts.libraryIndexes.write('ana', link, songs, hour)
  await accounts.libraryIndexes.write('ana', link, Buffer.from('more'), hour)
  expect(await accounts.libraryIndexes.read('ana', await accounts.get('ana'))).toEqual(Buffer.from('more'))
  expect(names.size).toBe(1)
})

test('bytes that were altered, cut or swapped are deleted, and nobody hears of it', async () => {
  const { store, names, open } = fixture()
  const accounts = open()
  const link = await accounts.links('ana')
  await accounts.libraryIndexes.write('ana', link, songs, hour)
  const [name = ''] = names
  const good = (await store.getBytes(name)) ?? Buffer.alloc(0)
  const altered = Buffer.from(good)
  altered[20] = (altered[20] ?? 0) ^ 1
  for (const broken of [altered, good.subarray(0, -1), good.subarray(0, 5), Buffer.alloc(0), randomBytes(100)]) {
    await store.setBytes(name, broken, hour)
    expect(await accounts.libraryIndexes.read('ana', await accounts.get('ana'))).toBeUndefined()
    expect(await store.getBytes(name)).toBeUndefined()
  }
  await accounts.libraryIndexes.write('ana', link, songs, hour)
  expect(await accounts.libraryIndexes.read('ana', await accounts.get('ana'))).toEqual(songs)
})

test('renewing keeps it, another account does not, and nothing is saved for an earlier link', async () => {
  const { left, open } = fixture()
  const accounts = open()
  const first = await accounts.links('ana')
  await accounts.libraryIndexes.write('ana', first, songs, hour)
  const renewed = await accounts.links('ana')
  expect(renewed.id).not.toBe(first.id)
  expect(renewed).toEqual(await accounts.get('ana'))
  expect(await accounts.libraryIndexes.read('ana', renewed)).toEqual(songs)

  await accounts.libraryIndexes.write('ana', first, Buffer.from('late'), hour)
  expect(await accounts.libraryIndexes.read('ana', renewed)).toEqual(songs)

  const other = await accounts.links('ana', 'another account')
  expect(other).not.toHaveProperty('libraryIndex')
  expect(await left()).toEqual([])
  await accounts.libraryIndexes.write('ana', renewed, songs, hour)
  expect(await left()).toEqual([])
})

test('an unlink, another account or both at the moment of a save: in every order nothing is left that nobody names', async () => {
  for (const others of [['unlink'], ['account'], ['unlink', 'account']] as const) {
    await inEveryOrder(
      async () => {
        const { store, left, open } = fixture()
        const link = await open().links('ana')
        await open().libraryIndexes.write('ana', link, songs, hour)
        const save = (own: Store) => open(own).libraryIndexes.write('ana', link, songs, hour)
        const first = (own: Store) => open(own).libraryIndexes.write('ana', link, songs, hour)
        const works = {
          unlink: (own: Store) => open(own).unlink('ana'),
          account: (own: Store) => open(own).links('ana', 'another account'),
        }
        const operations = [save, ...(others.length === 1 ? [first] : []), ...others.map((name) => works[name])]
        return { world: { left, open }, store, operations }
      },
      async ({ left, open }, order) => {
        expect((await open().find('ana')) ?? {}, order).not.toHaveProperty('libraryIndex')
        expect(await left(), order).toEqual([])
      },
      { most: 400 },
    )
  }
}, 60_000)

test('the first save and an unlink, in every order', async () => {
  const tried = await inEveryOrder(
    async () => {
      const { store, left, open } = fixture()
      const link = await open().links('ana')
      const save = (own: Store) => open(own).libraryIndexes.write('ana', link, songs, hour)
      return { world: { left, open }, store, operations: [save, (own: Store) => open(own).unlink('ana')] }
    },
    async ({ left, open }, order) => {
      expect(await open().find('ana'), order).toBeUndefined()
      expect(await left(), order).toEqual([])
    },
    { most: 400 },
  )
  expect(tried).toBeGreaterThan(20)
}, 60_000)

test('a store that cannot delete the bytes lets Ana unlink all the same, and one that is full deletes them', async () => {
  for (const isFull of [false, true]) {
    const { store, left, open } = fixture()
    const accounts = open()
    await accounts.libraryIndexes.write('ana', await accounts.links('ana'), songs, hour)
    if (isFull) store.setBytes = () => Promise.reject(new StoreFullError('full'))
    else store.deleteBytes = () => Promise.reject(new StoreUnavailableError('down'))
    await accounts.unlink('ana')
    expect(await accounts.find('ana')).toBeUndefined()
    expect(await left()).toHaveLength(isFull ? 0 : 1)
  }
})

test('a consent that ended takes the index along at once, and the record after a while', async () => {
  const { store, left, open } = fixture()
  const accounts = open()
  const link = await accounts.links('ana')
  await accounts.libraryIndexes.write('ana', link, songs, hour)
  const ending = open(store, () => Promise.reject(new InvalidGrantError()))
  const asks = ending.withToken('ana', await accounts.get('ana'), async (token) => token)
  await expect(asks).rejects.toMatchObject({ name: 'ConsentEndedError' })
  expect(await left()).toEqual([])
  expect(await accounts.findEvenIfEnded('ana')).toMatchObject({ spotifyId: 'account of ana' })
  expect(await accounts.findEvenIfEnded('ana')).not.toHaveProperty('libraryIndex')
  expect(store.lifetimes.at(-1)).toBeLessThanOrEqual(10 * 60 * 1000)
})

test('where a consent has ended and the store deletes nothing, the index ends with the record', async () => {
  const { store, names, open } = fixture()
  const accounts = open()
  await accounts.libraryIndexes.write('ana', await accounts.links('ana'), songs, 24 * hour)
  store.deleteBytes = () => Promise.reject(new StoreUnavailableError('down'))
  const ending = open(store, () => Promise.reject(new InvalidGrantError()))
  await expect(ending.withToken('ana', await accounts.get('ana'), async (token) => token)).rejects.toThrow()
  const [name = ''] = names
  expect((await store.statBytes(name))?.until).toBeLessThanOrEqual(Date.now() + hour / 6)
})

test('songs of somebody who unlinks while they are loaded are given to nobody', async () => {
  const { store, open } = fixture()
  const accounts = open()
  await accounts.libraryIndexes.write('ana', await accounts.links('ana'), songs, hour)
  const link = await accounts.get('ana')
  const { getBytes } = store
  store.getBytes = async (name) => {
    const bytes = await getBytes(name)
    await accounts.unlink('ana')
    return bytes
  }
  expect(await accounts.libraryIndexes.read('ana', link)).toBeUndefined()
})

test('many consents that end at one moment end no index', async () => {
  const { store, left, open } = fixture()
  const people = Array.from({ length: 12 }, (_, index) => `person-${index}`)
  const accounts = open()
  for (const person of people) await accounts.libraryIndexes.write(person, await accounts.links(person), songs, hour)
  const ending = open(store, () => Promise.reject(new InvalidGrantError()))
  const asks = people.map(async (person) =>
    ending.withToken(person, await accounts.get(person), async (token) => token),
  )
  for (const outcome of await Promise.allSettled(asks))
    expect(outcome).toMatchObject({ reason: { name: 'MassRefusalError' } })
  expect(await left()).toHaveLength(12)
  for (const person of people)
    expect(await accounts.libraryIndexes.read(person, await accounts.get(person))).toEqual(songs)
})

test('its key is encrypted anew with that of the token, and is counted', async () => {
  const { store, open } = fixture()
  const before = open()
  await before.libraryIndexes.write('ana', await before.links('ana'), songs, hour)
  expect(await idsOf(store)).toEqual([['k1', 1]])
  // A refresh encrypts the token with the new key, and not yet the other.
  const links = createLinks(store, createCrypto(k2, [k2, k1]))
  const record = (await store.get('links', 'ana')) as unknown as Link
  await links.compareAndSet('ana', record, { refreshToken: links.encryptRefreshToken('ana', 'a token') })
  expect(await idsOf(store)).toEqual([
    ['k1', 1],
    ['k2', 1],
  ])
  expect(await status(store, [k2, k1])).toMatchObject({
    lines: expect.arrayContaining([expect.stringMatching(/reseal/)]),
  })
  await reseal(store, [k2, k1])
  expect(await idsOf(store)).toEqual([['k2', 1]])
  const after = open(store, undefined, createCrypto(k2, [k2]))
  expect(await after.libraryIndexes.read('ana', await after.get('ana'))).toEqual(songs)
})

test('a key that nobody can decrypt any more is dropped with what it was for, and made anew', async () => {
  const { store, left, open } = fixture()
  const before = open()
  await before.libraryIndexes.write('ana', await before.links('ana'), songs, hour)
  const links = createLinks(store, createCrypto(k2, [k2]))
  const record = (await store.get('links', 'ana')) as unknown as Link
  await links.compareAndSet('ana', record, { refreshToken: links.encryptRefreshToken('ana', 'a token') })

  const after = open(store, undefined, createCrypto(k2, [k2]))
  const link = await after.get('ana')
  expect(link).not.toHaveProperty('libraryIndex')
  expect(await left()).toEqual([])
  await after.libraryIndexes.write('ana', link, songs, hour)
  expect(await after.libraryIndexes.read('ana', await after.get('ana'))).toEqual(songs)
})

async function idsOf(store: Store) {
  const { rows } = await countKeyUsage(store)
  return [...rows.keys()].toSorted((one, other) => one.localeCompare(other)).map((id) => [id, rows.get(id)?.links])
}

/** Accounts over a store of which the names of bytes and the last lifetimes are noted. */
function fixture() {
  const names = new Set<string>()
  const lifetimes: (number | undefined)[] = []
  const model = modelStore()
  const store = {
    ...model,
    lifetimes,
    async setBytes(name: string, bytes: Uint8Array, ttl: number) {
      names.add(name)
      await model.setBytes(name, bytes, ttl)
    },
    async compareAndSet(...given: Parameters<Store['compareAndSet']>) {
      lifetimes.push(given[4])
      return model.compareAndSet(...given)
    },
  }
  const left = async () => {
    const stats = await Promise.all([...names].map((name) => store.statBytes(name)))
    return stats.filter((stat) => stat !== undefined)
  }
  return { store, names, left, open }

  /** A process of the program; its Spotify gives everybody an account of their own, or the one that is named. */
  function open(over: Store = store, refresh?: () => Promise<never>, crypto = createCrypto(k1, [k1])) {
    const exchange = async (code: string) => ({ access: { token: code, expiresAt: Infinity }, refreshToken: 'token' })
    const api = { me: async (code: string) => ({ id: code, name: code }) }
    const client = { oauth: { exchange, refresh }, api, clientId: 'app' }
    const accounts = createAccounts(over, crypto, { operator: client, for: () => client } as unknown as SpotifyClients)
    const links = (person: string, account = `account of ${person}`) =>
      accounts.connect(person, {
        parameters: account as unknown as URLSearchParams,
        ...{ redirectUri: '', codeVerifier: '', startedAt: Infinity },
      })
    return { ...accounts, links }
  }
}
