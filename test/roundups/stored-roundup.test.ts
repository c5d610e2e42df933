import { beforeEach, describe, expect, test } from 'vitest'
import type { ArrangedRows, PersonSongs, RoundupRow } from '../../src/roundups/digest.ts'
import { createRoundupHeads, week, type RoundupHeads } from '../../src/roundups/roundup-heads.ts'
import { onlyOf } from '../../src/roundups/roundup-page.ts'
import { createStoredRoundups } from '../../src/roundups/stored-roundup.ts'
import type { Store } from '../../src/store/store.ts'
import { songOf } from '../library/list-fixture.ts'
import { modelStore } from '../store/model.ts'

const [ana, ben, cleo] = ['1', '2', '3']
const server = '10'
const head = {
  ...{ id: 'now-7-a-10', server, from: 0, until: week, members: 3, late: null },
  ...{ missing: [cleo], missed: 3, ended: [] },
}
const nobody = async () => []

describe('the pages of a roundup', () => {
  let time: number
  const departed = new Set<string>()
  let store: Store
  let heads: RoundupHeads
  let storedRoundups: ReturnType<typeof createStoredRoundups>
  beforeEach(() => {
    time = week
    departed.clear()
    store = modelStore(() => time)
    heads = createRoundupHeads(store, () => time)
    storedRoundups = createStoredRoundups(
      store,
      heads,
      async (person) => !departed.has(person),
      () => time,
    )
  })
  const read = (page: number, id = head.id) => storedRoundups.read(server, id, page)
  const chunks = () => keysOf('sheets')
  const keysOf = async (kind: string): Promise<string[]> => {
    const keys = []
    for await (const key of store.keys(kind)) keys.push(key)
    return keys.toSorted()
  }
  const write = async (about: typeof head, all: readonly RoundupRow[], left: () => Promise<readonly string[]>) => {
    const { members, missing, missed, ended, ...span } = about
    const begun = await storedRoundups.begin(span)
    for (const [person, songs] of songsOf(all)) {
      await store.add(`roundup.${server}`, person)
      await begun.keep(person, songs)
    }
    return begun.write({ members, missing, missed, ended }, arranged(all), left)
  }
  const purgeAll = async () => {
    for (const one of (await heads.read(server))?.roundups ?? []) await storedRoundups.purge(one)
  }

  test('hold ten songs each, and can be read for a week', async () => {
    await write(head, rows(25, [ana]), nobody)
    expect(await read(3)).toMatchObject({ page: 3, pages: 3, rows: { length: 5 } })
    expect(await read(4)).toBeUndefined()
    time += week - 1
    expect(await read(1)).toBeDefined()
    time += 1
    expect(await read(1)).toBeUndefined()
  })

  test('are kept 200 rows at a time, and every row is on one page', async () => {
    await write(head, rows(415, [ana]), nobody)
    expect((await chunks()).length).toBe(3)
    const pages = await Promise.all(Array.from({ length: 42 }, (_, index) => read(index + 1)))
    const seen = pages.flatMap((page) => page?.rows.map(({ savers }) => savers[0]?.at) ?? [])
    expect(seen).toEqual(Array.from({ length: 415 }, (_, index) => index))
  })

  test('without songs there is one', async () => {
    expect(await write(head, [], nobody)).toMatchObject({ page: 1, pages: 1, rows: [] })
    expect(await read(1)).toMatchObject({ page: 1, pages: 1, rows: [] })
  })

  test('lose whoever leaves at once; the song of one of several who stays is that person’s, and pages may become empty', async () => {
    await write(head, [...rows(2, [ana, ben], 'several'), ...rows(10, [ben])], nobody)
    await storedRoundups.removeMember(ben, server)
    const own = rows(2, [ana])
    expect(await read(1)).toMatchObject({ rows: own, isReduced: true })
    expect(await read(2)).toMatchObject({ rows: [], isReduced: true })
    await purgeAll()
    expect(await read(1)).toMatchObject({ rows: own, isReduced: true })
    expect(await storedRoundups.rowsOf(ben, server)).toEqual([])
  })

  test('are one empty page once everybody has left, before and after what is stored has lost them', async () => {
    await write(head, [...rows(12, [ana]), ...rows(12, [ben])], nobody)
    await storedRoundups.removeMember(ana, server)
    expect(await read(1)).toMatchObject({ page: 1, pages: 3, rows: [] })
    await storedRoundups.removeMember(ben, server)
    const over = { page: 1, pages: 1, rows: [], isReduced: true }
    expect(await read(3)).toMatchObject(over)
    await purgeAll()
    expect(await read(1)).toMatchObject(over)
  })

  test('stay the same pages for all others, before and after what is stored has lost somebody', async () => {
    const mixed = rows(25, [ana]).map((row, index) => (index % 3 ? row : { ...row, savers: [{ person: ben, at: 1 }] }))
    await write(head, mixed, nobody)
    await storedRoundups.removeMember(ben, server)
    const pages = () => Promise.all([1, 2, 3].map((page) => read(page)))
    const before = await pages()
    await purgeAll()
    expect(await pages()).toEqual(before)
    expect(JSON.stringify(await store.get('sheets', `${head.id}.1`))).not.toContain(`"${ben}"`)
  })

  test('lose also the name of whoever could not be asked, and count one less', async () => {
    await write(head, [], nobody)
    await storedRoundups.removeMember(cleo, server)
    expect(await read(1)).toMatchObject({ missing: [], missed: 2 })
  })

  test('show nobody who left while they were written', async () => {
    const first = await write(head, rows(3, [ana]), async () => [ana])
    expect(first.rows).toEqual([])
    expect((await read(1))?.rows).toEqual([])
  })

  test('end a week after they were written, also when they have been changed', async () => {
    await write(head, rows(1, [ana, ben]), nobody)
    time += week - 1
    await storedRoundups.removeMember(ana, server)
    await purgeAll()
    time += 1
    expect(await read(1)).toBeUndefined()
    expect(await chunks()).toEqual([])
  })

  test('of the same days take the place of earlier ones: their buttons show the newer ones, and nothing else is kept', async () => {
    await write(head, rows(300, [ana]), nobody)
    await write({ ...head, id: 'now-31-b-10' }, rows(1, [ana]), nobody)
    await write({ ...head, id: '2026-W47-10' }, rows(1, [ana]), nobody)
    for (const id of ['own-7-d-10', 'own-7-e-10', 'now-7-c-10']) await write({ ...head, id }, rows(2, [ben]), nobody)
    expect(await read(1)).toMatchObject({ id: 'now-7-c-10', rows: { length: 2 } })
    expect(await chunks()).toEqual(['2026-W47-10.1', 'now-31-b-10.1', 'now-7-c-10.1', 'own-7-e-10.1'])
    expect(await keysOf('roundup-parts')).toEqual(['2026-W47-10.1', 'now-31-b-10.1', 'now-7-c-10.2', 'own-7-e-10.2'])
    expect(await read(1, '2026-W46-10')).toBeUndefined()
    await write({ ...head, id: 'own-7-x-f-10' }, rows(3, [ana]), nobody)
    expect(await read(1, 'own-7-e-10')).toMatchObject({ id: 'own-7-e-10', rows: { length: 2 } })
    expect(await read(1, 'own-7-x-0-10')).toMatchObject({ id: 'own-7-x-f-10', rows: { length: 3 } })
    expect(await storedRoundups.readPerson(server, head.id, ben, 1)).toMatchObject({ id: 'now-7-c-10', total: 2 })
  })

  test('of one person are read by themselves, ten songs each, newest first, and beyond the last is the last', async () => {
    await write(head, [...rows(2, [ana, ben], 'several'), ...rows(23, [ana])], nobody)
    const part = (page: number, person = ana) => storedRoundups.readPerson(server, head.id, person, page)
    expect(await part(3)).toMatchObject({ ...{ person: ana, page: 3, pages: 3, total: 25 }, rows: { length: 5 } })
    expect(await part(9)).toEqual(await part(3))
    const seen = (await Promise.all([1, 2, 3].map((page) => part(page)))).flatMap((page) => page?.rows ?? [])
    expect(seen.map(({ section }) => section).indexOf('more')).toBe(5)
    expect(new Set(seen.map(({ of }) => of))).toEqual(new Set([25]))
    expect(seen.flatMap(({ savers }) => savers.map(({ person }) => person))).toEqual(Array(25).fill(ana))
    expect(await part(1, cleo)).toBeUndefined()
    await storedRoundups.removeMember(ben, server)
    expect(await part(1, ben)).toBeUndefined()
    await purgeAll()
    expect(await keysOf('roundup-parts')).toEqual([`${head.id}.${ana}`])
    time += week
    expect(await part(1)).toBeUndefined()
    expect(await keysOf('roundup-parts')).toEqual([])
  })

  test('keep nothing of somebody who leaves while they are collected, whenever that is', async () => {
    const { members, missing, missed, ended, ...span } = head
    const begun = await storedRoundups.begin(span)
    const all = rows(3, [ana, ben], 'several')
    const songs = songsOf(all)
    await begun.keep(ana, songs.get(ana) ?? [])
    expect(await read(1)).toBeUndefined()
    await storedRoundups.removeMember(ana, server)
    await storedRoundups.removeMember(ben, server)
    await begun.keep(ben, songs.get(ben) ?? [])
    expect(await keysOf('roundup-parts')).toEqual([`${head.id}.${ana}`])
    await purgeAll()
    await begun.write({ members, missing, missed, ended }, arranged(all), nobody)
    expect(await read(1)).toMatchObject({ rows: [], isReduced: true })
    await purgeAll()
    expect(await keysOf('roundup-parts')).toEqual([])
    const [chunk] = await chunks()
    expect(JSON.stringify(await store.get('sheets', chunk ?? ''))).not.toMatch(/person/)
  })

  test('that are collected once more keep nothing of somebody who left since, where what was stored has been purged', async () => {
    await write(head, rows(3, [ana, ben], 'several'), nobody)
    const { members: _, missing: __, missed: ___, ended: ____, ...span } = head
    const begun = await storedRoundups.begin(span)
    departed.add(ben)
    await begun.keep(ben, songsOf(rows(3, [ben])).get(ben) ?? [])
    expect(await keysOf('roundup-parts')).toEqual([`${head.id}.${ana}`])
  })

  test('that are given up while they are collected leave nothing behind', async () => {
    await store.add(`roundup.${server}`, ana)
    const { members, missing, missed, ended, ...span } = head
    const begun = await storedRoundups.begin(span)
    await begun.keep(ana, songsOf(rows(3, [ana])).get(ana) ?? [])
    await begun.abandon()
    expect([await keysOf('roundup-parts'), (await heads.read(server))?.roundups ?? []]).toEqual([[], []])
    await expect(begun.keep(ana, [])).rejects.toThrow('took too long')
    expect(await keysOf('roundup-parts')).toEqual([])
    await expect(begun.write({ members, missing, missed, ended }, arranged([]), nobody)).rejects.toThrow()
  })

  test('that another process collects or shows by now are not given up by the first', async () => {
    const { members, missing, missed, ended, ...span } = head
    const first = await storedRoundups.begin(span)
    await write(head, rows(3, [ana]), nobody)
    await first.abandon()
    await expect(first.keep(ana, [])).rejects.toThrow('another process')
    await expect(first.write({ members, missing, missed, ended }, arranged([]), nobody)).rejects.toThrow()
    const third = await storedRoundups.begin(span)
    await third.abandon()
    expect(await read(1)).toMatchObject({ rows: { length: 3 } })
  })

  test('whose songs another process has deleted meanwhile are an error, and no quiet week', async () => {
    const { members: _, missing: __, missed: ___, ended: ____, ...span } = head
    const songs = songsOf(rows(3, [ana])).get(ana) ?? []
    const first = await storedRoundups.begin(span)
    await first.keep(ana, songs)
    await store.delete('roundup-parts', `${head.id}.${ana}`)
    await expect(first.read(ana)).rejects.toThrow('Another process')
    departed.add(ana)
    expect(await first.read(ana)).toEqual([])
    departed.delete(ana)
    // Who left and has joined again meanwhile is in the next one.
    await storedRoundups.removeMember(ana, server)
    expect(await first.read(ana)).toEqual([])
  })

  test('that were left unfinished are deleted, and not what somebody has begun in their place', async () => {
    const { members: _, missing: __, missed: ___, ended: ____, ...span } = head
    await storedRoundups.begin(span)
    const overdue = (await heads.read(server))?.roundups[0] ?? expect.unreachable()
    await storedRoundups.begin(span)
    await storedRoundups.drop(server, overdue)
    expect((await heads.read(server))?.roundups).toHaveLength(1)
  })

  test('that are collected a second time are the second ones only, whatever was stored of the first', async () => {
    await write(head, [...rows(201, [ana]), ...rows(200, [ben])], nobody)
    await write(head, rows(3, [ana]), nobody)
    expect(await read(1)).toMatchObject({ pages: 1, rows: { length: 3 } })
    expect([await chunks(), await keysOf('roundup-parts')]).toEqual([[`${head.id}.1`], [`${head.id}.${ana}`]])
  })

  test('are in smaller chunks where very many saved the same songs, and the same pages', async () => {
    const crowd = Array.from({ length: 300 }, (_, index) => String(1_000 + index))
    const all = [...rows(25, crowd, 'several'), ...rows(30, [ana])]
    const { members, missing, missed, ended, ...span } = head
    const begun = await storedRoundups.begin(span)
    await begun.write({ members, missing, missed, ended }, arranged(all), nobody)
    expect(await chunks()).toHaveLength(6)
    for (const page of [1, 3, 6]) expect((await read(page))?.rows).toEqual(all.slice((page - 1) * 10, page * 10))
    await storedRoundups.removeMember(crowd[0] ?? '', server)
    await purgeAll()
    expect((await read(1))?.rows[0]?.savers).toHaveLength(299)
  })

  test('stand where they stood first', async () => {
    const first = await storedRoundups.recordMessage(server, '2026-W47-10', { channel: '5', message: '6' })
    expect(first).toMatchObject({ channel: '5', message: '6' })
    const second = await storedRoundups.recordMessage(server, '2026-W47-10', { channel: '5', message: '7' })
    expect(second).toMatchObject({ message: '6' })
  })

  test('of which there are many in the chat are noted up to twenty, and the oldest is no longer shown there', async () => {
    for (let number = 1; number <= 22; number += 1)
      await storedRoundups.recordMessage(server, `now-7-${number}-10`, { channel: '5', message: String(number) })
    const messages = (await heads.read(server))?.messages ?? []
    expect(messages.filter(({ roundup }) => roundup === '').map(({ message }) => message)).toEqual(['1', '2'])
  })

  test('are noted to be changed for as long as Discord does not work, however many have no place any more', async () => {
    for (let number = 1; number <= 300; number += 1)
      await storedRoundups.recordMessage(server, `now-7-${number}-10`, { channel: '5', message: String(number) })
    expect((await heads.read(server))?.messages).toHaveLength(300)
  })

  test('show those only who stay', async () => {
    const page = await write(head, [...rows(1, [ana, ben, cleo], 'several'), ...rows(1, [cleo])], nobody)
    const without = onlyOf(page, (person) => person !== cleo)
    expect(without.rows.map(({ savers }) => savers.map(({ person }) => person))).toEqual([[ana, ben]])
    expect(without).toMatchObject({ missing: [], missed: 2 })
  })
})

function rows(count: number, people: readonly string[], section: RoundupRow['section'] = 'newest'): RoundupRow[] {
  return Array.from({ length: count }, (_, index) => ({
    section,
    song: songOf(index),
    savers: people.map((person) => ({ person, at: index })),
  }))
}

function arranged(all: readonly RoundupRow[]): ArrangedRows {
  const widths = all.filter(({ section }) => section === 'several').map(({ savers }) => savers.length)
  return {
    count: all.length,
    widths: Uint32Array.from(widths),
    rows: (async function* () {
      yield all
    })(),
  }
}

function songsOf(all: readonly RoundupRow[]): Map<string, PersonSongs> {
  const likes = all.flatMap(({ song, savers }) => savers.map(({ person, at }) => ({ person, song, at })))
  return Map.groupBy(likes, ({ person }) => person)
}
