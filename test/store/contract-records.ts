import { expect, test } from 'vitest'
import type { Json, Store } from '../../src/store/store.ts'
import { before, over } from './lifetimes.ts'
import { twenty } from './twenty.ts'

/** The part of the contract about records. */
export function records(store: () => Store): void {
  test.for([
    ['a nested object', { song: { artists: ['Ana', null], length: 1.5, liked: true } }],
    ['every script', { title: 'Ünï 日本語 🎧 \u202e \u0000 \n', quote: '"\\' }],
    ['half an emoji', { title: 'cut \ud83c here' }],
    ['what Keyv would read as bytes', { note: ':base64:aGk=', key: ':colon', toJSON: 'a word' }],
    ['an empty text', ''],
    ['zero', 0],
    ['false', false],
    ['an empty list', []],
    ['a large text', 'x'.repeat(200_000)],
  ] satisfies [string, Json][])('%s comes back as it was', async ([name, value]) => {
    const key = keyFor(name)
    await store().set('odd', key, value)
    expect(await store().get('odd', key)).toEqual(value)
    expect(await store().delete('odd', key)).toBe(true)
    expect(await store().get('odd', key)).toBeUndefined()
  })

  test('a stored null is something, and nothing is undefined', async () => {
    await store().set('odd', 'null', null)
    expect(await store().get('odd', 'null')).toBeNull()
    expect(await store().create('odd', 'null', 1)).toBe(false)
    expect(await store().delete('odd', 'null')).toBe(true)
    expect(await store().get('odd', 'null')).toBeUndefined()
    expect(await store().delete('odd', 'null')).toBe(false)
  })

  test('a key of every allowed character is a key of its own, in a kind of its own', async () => {
    const keys = ['a', 'A', 'a:b', ':a', 'a:', '0', '.', '_', '-', 'aZ09._:-', 'x'.repeat(200)]
    for (const key of keys) await store().set('letters', key, key)
    for (const key of keys) expect(await store().get('letters', key)).toBe(key)
    expect(await store().get('letter', 's:a')).toBeUndefined()
  })

  test('set replaces what was there, and its end', async () => {
    await store().set('links', 'ana', 'old', 40)
    await store().set('links', 'ana', 'new')
    await over(40)
    expect(await store().get('links', 'ana')).toBe('new')
  })

  test('a record is gone when its lifetime is over', async () => {
    const { ttl, name, result } = await before('short', async (ttl, kind) => {
      await store().set(kind, 'read', 1, ttl)
      await store().set(kind, 'deleted', 1, ttl)
      await store().create(kind, 'made', { version: 1 }, ttl)
      return store().get(kind, 'read')
    })
    expect(result).toBe(1)
    await store().set(name, 'long', 1, 60_000)
    await over(ttl)
    expect(await store().get(name, 'read')).toBeUndefined()
    expect(await store().delete(name, 'deleted')).toBe(false)
    expect(await store().compareAndSet(name, 'made', 1, { version: 2 })).toBe(false)
    expect(await store().create(name, 'made', 'again')).toBe(true)
    expect(await store().get(name, 'long')).toBe(1)
  })

  test('a lifetime that is over already leaves nothing', async () => {
    for (const ttl of [0, -5, 0.4]) {
      await store().set('short', 'over', 1, ttl)
      await over(1)
      expect(await store().get('short', 'over')).toBeUndefined()
    }
  })

  test('of twenty callers one creates and one deletes', async () => {
    const created = await twenty((caller) => store().create('once', 'made', caller))
    expect(created.filter(Boolean)).toHaveLength(1)
    expect(await store().get('once', 'made')).toBe(created.indexOf(true))

    await store().set('once', 'deleted', 'state')
    expect((await twenty(() => store().delete('once', 'deleted'))).filter(Boolean)).toHaveLength(1)
  })

  test('a walk over a kind gives each key once, and nothing that is over or of another kind', async () => {
    const keys = Array.from({ length: 1_234 }, (_, number) => `person:${number}`)
    await Promise.all(keys.map((key) => store().set('walk', key, { version: 1 })))
    await store().set('walk', 'short', 1, 20)
    await store().set('walks', 'other', 1)
    await store().add('walk', 'member')
    await over(20)
    expect((await Array.fromAsync(store().keys('walk'))).toSorted()).toEqual(keys.toSorted())
    expect(await Array.fromAsync(store().keys('nobody'))).toEqual([])
  })

  test('the store answers a write and a read', async () => {
    await expect(store().check()).resolves.toBeUndefined()
  })
}

/** The part about compare-and-set. */
export function versions(store: () => Store): void {
  test('a record is replaced by who has seen its latest version, and by nobody else', async () => {
    await store().set('tokens', 'ben', { version: 1, token: 'first' })
    expect(await store().compareAndSet('tokens', 'ben', 1, { version: 2, token: 'second' })).toBe(true)
    expect(await store().compareAndSet('tokens', 'ben', 1, { version: 2, token: 'late' })).toBe(false)
    expect(await store().compareAndSet('tokens', 'ben', 2.5, { version: 3 })).toBe(false)
    expect(await store().get('tokens', 'ben')).toEqual({ version: 2, token: 'second' })
  })

  test('somebody who was deleted is not made again by a replace', async () => {
    await store().set('tokens', 'cleo', { version: 1 })
    await store().delete('tokens', 'cleo')
    expect(await store().compareAndSet('tokens', 'cleo', 1, { version: 2 })).toBe(false)
    expect(await store().get('tokens', 'cleo')).toBeUndefined()
  })

  test('twenty writers who count up lose nothing', async () => {
    await store().set('counts', 'likes', { count: 0, version: 1 })
    await twenty(() => countUp(store()))
    expect(await store().get('counts', 'likes')).toEqual({ version: 21, count: 20 })
  })

  test('a replaced record has the end that the replace gave it', async () => {
    await store().set('ends', 'sooner', { version: 1 })
    await store().compareAndSet('ends', 'sooner', 1, { version: 2 }, 40)
    const { ttl, name } = await before('never', async (ttl, key) => {
      await store().set('ends', key, { version: 1 }, ttl)
      await store().compareAndSet('ends', key, 1, { version: 2 })
    })
    await over(ttl)
    expect(await store().get('ends', 'sooner')).toBeUndefined()
    expect(await store().get('ends', name)).toEqual({ version: 2 })
  })

  test('only the version that was seen is discarded', async () => {
    await store().set('tokens', 'dan', { title: 'half \ud83c an emoji', version: 7 })
    expect(await store().deleteIfVersion('tokens', 'dan', 6)).toBe(false)
    expect((await twenty(() => store().deleteIfVersion('tokens', 'dan', 7))).filter(Boolean)).toHaveLength(1)
    expect(await store().deleteIfVersion('tokens', 'dan', 7)).toBe(false)
  })

  test('a record without a version is neither replaced nor discarded', async () => {
    for (const value of [null, 'text', [1], { version: '1' }, { inner: { version: 1 } }]) {
      await store().set('plain', 'record', value)
      expect(await store().compareAndSet('plain', 'record', 1, { version: 2 })).toBe(false)
      expect(await store().deleteIfVersion('plain', 'record', 1)).toBe(false)
      expect(await store().get('plain', 'record')).toEqual(value)
    }
  })
}

async function countUp(store: Store): Promise<void> {
  for (;;) {
    const seen = (await store.get('counts', 'likes')) as { version: number; count: number }
    const next = { version: seen.version + 1, count: seen.count + 1 }
    if (await store.compareAndSet('counts', 'likes', seen.version, next)) return
  }
}

function keyFor(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9]/g, '-')
}
