import { beforeEach, describe, expect, test } from 'vitest'
import type { RoundupRow } from '../../src/roundups/digest.ts'
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
  let store: Store
  let heads: RoundupHeads
  let storedRoundups: ReturnType<typeof createStoredRoundups>
  beforeEach(() => {
    time = week
    store = modelStore(() => time)
    heads = createRoundupHeads(store, () => time)
    storedRoundups = createStoredRoundups(store, heads, () => time)
  })
  const read = (page: number, id = head.id) => storedRoundups.read(server, id, page)
  const chunks = async (): Promise<string[]> => {
    const keys = []
    for await (const key of store.keys('sheets')) keys.push(key)
    return keys
  }

  test('hold ten songs each, and can be read for a week', async () => {
    await storedRoundups.write(head, rows(25, [ana]), nobody)
    expect(await read(3)).toMatchObject({ page: 3, pages: 3, rows: { length: 5 } })
    expect(await read(4)).toBeUndefined()
    time += week - 1
    expect(await read(1)).toBeDefined()
    time += 1
    expect(await read(1)).toBeUndefined()
  })

  test('are kept 200 rows at a time, and every row is on one page', async () => {
    await storedRoundups.write(head, rows(415, [ana]), nobody)
    expect((await chunks()).length).toBe(3)
    const pages = await Promise.all(Array.from({ length: 42 }, (_, index) => read(index + 1)))
    const seen = pages.flatMap((page) => page?.rows.map(({ savers }) => savers[0]?.at) ?? [])
    expect(seen).toEqual(Array.from({ length: 415 }, (_, index) => index))
  })

  test('without songs there is one', async () => {
    expect(await storedRoundups.write(head, [], nobody)).toMatchObject({ page: 1, pages: 1, rows: [] })
    expect(await read(1)).toMatchObject({ page: 1, pages: 1, rows: [] })
  })

  test('lose whoever leaves at once; the song of one of several who stays is that person’s, and pages may become empty', async () => {
    await storedRoundups.write(head, [...rows(2, [ana, ben], 'several'), ...rows(10, [ben])], nobody)
    await storedRoundups.removeMember(ben, server)
    const own = rows(2, [ana])
    expect(await read(1)).toMatchObject({ rows: own, isReduced: true })
    expect(await read(2)).toMatchObject({ rows: [], isReduced: true })
    for (const one of (await heads.read(server))?.roundups ?? []) await storedRoundups.purge(one)
    expect(await read(1)).toMatchObject({ rows: own, isReduced: true })
    expect(await storedRoundups.rowsOf(ben, server)).toEqual([])
  })

  test('stay the same pages for all others, before and after what is stored has lost somebody', async () => {
    const mixed = rows(25, [ana]).map((row, index) => (index % 3 ? row : { ...row, savers: [{ person: ben, at: 1 }] }))
    await storedRoundups.write(head, mixed, nobody)
    await storedRoundups.removeMember(ben, server)
    const pages = () => Promise.all([1, 2, 3].map((page) => read(page)))
    const before = await pages()
    for (const one of (await heads.read(server))?.roundups ?? []) await storedRoundups.purge(one)
    expect(await pages()).toEqual(before)
    expect(JSON.stringify(await store.get('sheets', `${head.id}.1`))).not.toContain(`"${ben}"`)
  })

  test('lose also the name of whoever could not be asked, and count one less', async () => {
    await storedRoundups.write(head, [], nobody)
    await storedRoundups.removeMember(cleo, server)
    expect(await read(1)).toMatchObject({ missing: [], missed: 2 })
  })

  test('show nobody who left while they were written', async () => {
    const first = await storedRoundups.write(head, rows(3, [ana]), async () => [ana])
    expect(first.rows).toEqual([])
    expect((await read(1))?.rows).toEqual([])
  })

  test('end a week after they were written, also when they have been changed', async () => {
    await storedRoundups.write(head, rows(1, [ana, ben]), nobody)
    time += week - 1
    await storedRoundups.removeMember(ana, server)
    for (const one of (await heads.read(server))?.roundups ?? []) await storedRoundups.purge(one)
    time += 1
    expect(await read(1)).toBeUndefined()
    expect(await chunks()).toEqual([])
  })

  test('of the same days take the place of earlier ones: their buttons show the newer ones, and nothing else is kept', async () => {
    await storedRoundups.write(head, rows(300, [ana]), nobody)
    await storedRoundups.write({ ...head, id: 'now-31-b-10' }, rows(1, [ana]), nobody)
    await storedRoundups.write({ ...head, id: '2026-W47-10' }, rows(1, [ana]), nobody)
    for (const id of ['own-7-d-10', 'own-7-e-10', 'now-7-c-10'])
      await storedRoundups.write({ ...head, id }, rows(2, [ben]), nobody)
    expect(await read(1)).toMatchObject({ id: 'now-7-c-10', rows: { length: 2 } })
    expect((await chunks()).toSorted()).toEqual(['2026-W47-10.1', 'now-31-b-10.1', 'now-7-c-10.1', 'own-7-e-10.1'])
    expect(await read(1, '2026-W46-10')).toBeUndefined()
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
    const page = await storedRoundups.write(head, [...rows(1, [ana, ben, cleo], 'several'), ...rows(1, [cleo])], nobody)
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
