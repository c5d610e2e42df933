import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { UnreadableRecordError, type Store } from '../../src/store/store.ts'
import { failureOf } from './failing.ts'
import { before, over } from './lifetimes.ts'
import { twenty } from './twenty.ts'

const long = 60_000

/** The part of the contract about large values. */
export function bytes(store: () => Store): void {
  test.for([
    ['every byte there is', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['none', Buffer.alloc(0)],
    ['what ends lines', Buffer.from('$5\r\n\0\r\n')],
    ['an index of 40,000 songs', randomBytes(1_800_000)],
    ['a part of a larger array', new Uint8Array(randomBytes(300)).subarray(100, 200)],
  ] satisfies [string, Uint8Array][])('bytes: %s come back as they were', async ([name, given]) => {
    const at = name.replaceAll(/[^a-z]/g, '-')
    await store().setBytes(at, given, long)
    const found = await store().getBytes(at)
    expect(Buffer.isBuffer(found)).toBe(true)
    expect(found?.equals(given)).toBe(true)
    expect(await store().statBytes(at)).toMatchObject({ bytes: given.byteLength })
    expect(await store().deleteBytes(at)).toBe(true)
    expect(await store().deleteBytes(at)).toBe(false)
    expect(await store().getBytes(at)).toBeUndefined()
    expect(await store().statBytes(at)).toBeUndefined()
    expect(await store().touchBytes(at, long)).toBe(false)
  })

  test('bytes under a name of every allowed character are apart, and records are none of them', async () => {
    const names = ['a', 'a:b', ':a', 'a:', '0', '.', '..', '...', '_', '-', 'aZ09._:-', 'x'.repeat(200)]
    for (const name of names) await store().setBytes(name, Buffer.from(name), long)
    for (const name of names) expect(String(await store().getBytes(name))).toBe(name)
    expect(await store().get('a', 'b')).toBeUndefined()
    for (const name of names) expect(await store().deleteBytes(name)).toBe(true)
  })

  test.for(['', '/', '../hearsay.sqlite', 'a/b', 'a\\b', 'a\0b', 'é', 'a b', 'a\n', 'x'.repeat(201)])(
    'bytes are never at %j, which no store can have been given',
    async (name) => {
      const calls = [
        store().getBytes(name),
        store().setBytes(name, Buffer.from('songs'), long),
        store().touchBytes(name, long),
        store().deleteBytes(name),
        store().statBytes(name),
      ]
      for (const call of calls.map(failureOf)) expect(await call).toBeInstanceOf(UnreadableRecordError)
    },
  )

  test('bytes are replaced whole, with their end', async () => {
    await store().setBytes('replaced', randomBytes(100_000), 40)
    await store().setBytes('replaced', Buffer.from('short'), long)
    await over(40)
    expect(String(await store().getBytes('replaced'))).toBe('short')
  })

  test('who reads bytes while twenty write finds all of one', async () => {
    const written = Array.from({ length: 20 }, (_, caller) => Buffer.alloc(100_000, caller))
    const done = new AbortController()
    const writing = twenty((caller) => store().setBytes('raced', written[caller] ?? Buffer.alloc(0), long))
    void writing.finally(() => done.abort()).catch(() => undefined)
    while (!done.signal.aborted) {
      const found = await store().getBytes('raced')
      if (found) expect(written.some((one) => one.equals(found))).toBe(true)
    }
    await writing
    expect((await twenty(() => store().deleteBytes('raced'))).filter(Boolean)).toHaveLength(1)
  })

  test('what is set and at once deleted is gone', async () => {
    const setting = store().setBytes('leaving', randomBytes(500_000), long)
    expect(await store().deleteBytes('leaving')).toBe(true)
    await setting
    expect(await store().getBytes('leaving')).toBeUndefined()
  })

  test('bytes end when their lifetime is over, in every way', async () => {
    const { ttl, name, result } = await before('ending', async (ttl, name) => {
      await store().setBytes(name, Buffer.from('songs'), ttl)
      await store().setBytes(`${name}:touched`, Buffer.from('songs'), ttl)
      return [await store().getBytes(name), await store().touchBytes(`${name}:touched`, long)]
    })
    expect(result).toEqual([Buffer.from('songs'), true])
    await over(ttl)
    expect(await store().getBytes(name)).toBeUndefined()
    expect(await store().statBytes(name)).toBeUndefined()
    expect(await store().touchBytes(name, long)).toBe(false)
    expect(await store().deleteBytes(name)).toBe(false)
    expect(String(await store().getBytes(`${name}:touched`))).toBe('songs')
    await store().touchBytes(`${name}:touched`, 40)
    await over(40)
    expect(await store().getBytes(`${name}:touched`)).toBeUndefined()
  })

  test('the end of bytes is told in milliseconds, and moves when they are touched', async () => {
    // A Redis looks at its clock before it looks at what it was sent.
    const began = Date.now()
    await store().setBytes('told', Buffer.from('songs'), 3_600_123)
    const first = await store().statBytes('told')
    expect(first?.until).toBeGreaterThanOrEqual(began + 3_600_123 - 5)
    expect(first?.until).toBeLessThanOrEqual(Date.now() + 3_600_123)
    const then = Date.now()
    await store().touchBytes('told', 7_200_000.5)
    const second = await store().statBytes('told')
    expect(Number.isInteger(second?.until)).toBe(true)
    expect(second?.until).toBeGreaterThanOrEqual(then + 7_200_000 - 5)
    expect(second?.until).toBeLessThanOrEqual(Date.now() + 7_200_001)
  })
}
