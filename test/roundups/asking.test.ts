import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collect as collectInto, type CollectOptions } from '../../src/roundups/collect.ts'
import type { Library } from '../../src/library/library.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { StoreUnavailableError, UnreadableRecordError } from '../../src/store/store.ts'
import { songOf } from '../library/list-fixture.ts'
import { startLibraryFixture, type LibraryFixture } from '../library/library-fixture.ts'

const names = Array.from({ length: 12 }, (_, index) => `member${index}`)
const { signal } = new AbortController()
const hour = 3_600_000
const found = new Map<string, readonly Song[]>()
const cut = new Set<string>()
const collect = (
  library: Pick<Library, 'since'>,
  people: readonly string[],
  of: typeof span,
  options: CollectOptions,
) =>
  collectInto(library, people, of, options, async (person, songs, isCut) => {
    found.set(person, songs)
    if (isCut) cut.add(person)
  })
const span = { from: Date.now() - 31 * 24 * hour, until: Date.now() + hour }

describe('asking Spotify for a roundup', () => {
  let fixture: LibraryFixture
  beforeEach(async () => {
    found.clear()
    cut.clear()
    fixture = await startLibraryFixture(Object.fromEntries(names.map((name) => [name, 80])))
    for (const name of names) await fixture.link(name)
  })
  afterEach(() => fixture?.close())

  test('members of several servers are asked once, also where the servers are due at the same moment', async () => {
    const some = names.slice(0, 4)
    const both = await Promise.all([1, 2].map(() => collect(fixture.library, some, span, { signal })))
    const asked = fixture.requestCount()
    expect(both.map(({ missing }) => missing)).toEqual([[], []])
    await collect(fixture.library, some, span, { signal })
    expect(fixture.requestCount()).toBe(asked)
    // Some of them have liked more than a page of songs in that time.
    expect(asked).toBeLessThanOrEqual(2 * some.length)
  })

  test('while Spotify asks to wait, nobody is asked, and those who are not in hand are missing', async () => {
    await collect(fixture.library, names.slice(0, 4), span, { signal })
    fixture.spotify.trouble = { kind: 'quota', retryAfter: 600 }
    const first = await collect(fixture.library, names, span, { signal })
    expect(first.missing.toSorted()).toEqual(names.slice(4).toSorted())
    expect([...found.keys()].toSorted()).toEqual(names.slice(0, 4).toSorted())
    const asked = fixture.requestCount()
    fixture.spotify.trouble = { kind: 'none' }
    const second = await collect(fixture.library, names, span, { signal })
    expect(second.missing).toHaveLength(8)
    expect(fixture.requestCount()).toBe(asked)
  })

  test('of more than two hundred songs the newest are taken for four requests, and it is told that there are more', async () => {
    await fixture.close()
    fixture = await startLibraryFixture({ most: 201, just: 200, few: 80 })
    const people = ['most', 'just', 'few']
    for (const name of people) await fixture.link(name)
    await collect(fixture.library, people, { ...span, from: 0 }, { signal })
    expect(fixture.requestCount()).toBe(4 + 4 + 2)
    expect(people.map((name) => found.get(name)?.length)).toEqual([200, 200, 80])
    expect([...cut]).toEqual(['most'])
    cut.clear()
    // The two hundredth is the last one of that time.
    const from = found.get('most')?.at(-2)?.addedAt ?? 0
    await collect(fixture.library, ['most'], { ...span, from }, { signal })
    expect([found.get('most')?.length, cut.size]).toEqual([199, 0])
  })

  test.each([
    ['at once', []],
    ['and again', [1, 1]],
  ])('a Spotify that answers no page is found out by a dozen requests, %s', async (_, pauses) => {
    fixture.spotify.trouble = { kind: 'no-page' }
    const { missing } = await collect(fixture.library, names, span, { pauses, signal })
    expect(missing.toSorted()).toEqual(names.toSorted())
    expect(found.size).toBe(0)
    expect(fixture.requestCount()).toBeLessThanOrEqual(12)
  })

  test('one that answers again after a while answers for everybody', async () => {
    fixture.spotify.script(/me\/tracks/, ...Array.from({ length: 9 }, () => ({ body: {} })))
    const { missing } = await collect(fixture.library, names, span, { pauses: [1], signal })
    expect(missing).toEqual([])
  })

  test('for whom it sends a part only, that part is shown, and the member named', async () => {
    for (const name of names) fixture.spotify.importSongs(name, 60)
    fixture.spotify.trouble = { kind: 'broken-pages', from: 50, to: 60 }
    const { missing } = await collect(fixture.library, names.slice(0, 2), span, { pauses: [1], signal })
    expect(missing.toSorted()).toEqual(['member0', 'member1'])
    for (const name of names.slice(0, 2)) expect(found.get(name)?.length).toBeGreaterThan(0)
  })

  test('it says how far it is after each member, and stops when it is told to', async () => {
    const seen: number[] = []
    await collect(fixture.library, names, span, { progress: (done) => seen.push(done), signal })
    expect(seen).toEqual(names.map((_, index) => index + 1))
    const asked = fixture.requestCount()
    await expect(collect(fixture.library, names, span, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    expect(fixture.requestCount()).toBe(asked)
  })

  test('explicit songs are left out where they are not wanted, and it has to be known which are', async () => {
    const asked: unknown[] = []
    const library = {
      async since(...of: unknown[]) {
        asked.push(of.slice(2))
        return { songs: [songOf(1, { explicit: true }), songOf(2, { explicit: false })], isCut: false }
      },
    }
    const titles = () => found.get('member0')?.map(({ title }) => title)
    await collect(library, names.slice(0, 1), { from: 0, until: Infinity }, { signal })
    expect(titles()).toEqual(['Song 1', 'Song 2'])
    await collect(library, names.slice(0, 1), { from: 0, until: Infinity }, { signal, hideExplicit: true })
    expect(titles()).toEqual(['Song 2'])
    expect(asked).toEqual([
      [undefined, false],
      [undefined, true],
    ])
  })

  test('one record that cannot be read ends nobody else’s part', async () => {
    const library = {
      async since(person: string) {
        if (person === 'member3') throw new UnreadableRecordError()
        return { songs: [], isCut: false }
      },
    }
    expect((await collect(library, names, span, { signal })).missing).toEqual(['member3'])
  })

  test('a store that goes away ends it, and nobody is asked behind its back', async () => {
    let calls = 0
    const library = {
      async since() {
        calls += 1
        throw new StoreUnavailableError('The store is away')
      },
    }
    await expect(collect(library, names, span, { signal })).rejects.toThrow(StoreUnavailableError)
    expect(calls).toBeLessThanOrEqual(8)
  })
})
