import { beforeEach, describe, expect, test } from 'vitest'
import type { RoundupRow } from '../../src/roundups/digest.ts'
import { createStoredRoundups, onlyOf } from '../../src/roundups/stored-roundup.ts'
import { songOf } from '../library/list-fixture.ts'
import { modelStore } from '../store/model.ts'

const [ana, ben, cleo] = ['1', '2', '3']
const server = '10'
const week = 7 * 24 * 60 * 60 * 1000
const head = {
  ...{ id: 'now-1', server, from: 0, until: week, members: 3, late: null },
  ...{ missing: [cleo], missed: 3 },
}

describe('the pages of a roundup', () => {
  let time: number
  let storedRoundups: ReturnType<typeof createStoredRoundups>
  beforeEach(() => {
    time = week
    storedRoundups = createStoredRoundups(
      modelStore(() => time),
      () => time,
    )
  })

  test('hold ten songs each, and can be read for a week', async () => {
    await storedRoundups.write(head, rows(25, [ana]))
    expect(await storedRoundups.read('now-1', 3)).toMatchObject({ page: 3, pages: 3, rows: { length: 5 } })
    expect(await storedRoundups.read('now-1', 4)).toBeUndefined()
    time += week - 1
    expect(await storedRoundups.read('now-1', 1)).toBeDefined()
    time += 1
    expect(await storedRoundups.read('now-1', 1)).toBeUndefined()
  })

  test('without songs there is one', async () => {
    expect(await storedRoundups.write(head, [])).toMatchObject({ page: 1, pages: 1, rows: [] })
  })

  test('lose whoever leaves; one of several who stays is not shown alone, and pages may become empty', async () => {
    await storedRoundups.write(head, [...rows(2, [ana, ben], 'several'), ...rows(10, [ben])])
    await storedRoundups.recordMessage('now-1', server, { channel: '5', message: '6' })
    const changed = await storedRoundups.removeMember(ben, server)
    expect(changed).toMatchObject([{ page: { page: 1, rows: [] }, message: { channel: '5', message: '6' } }])
    expect((await storedRoundups.read('now-1', 2))?.rows).toEqual([])
    expect(await storedRoundups.rowsOf(ben, server)).toEqual([])
    expect(await storedRoundups.removeMember(ben, server)).toEqual([])
  })

  test('lose also the name of whoever could not be asked, and count one less', async () => {
    await storedRoundups.write(head, [])
    await storedRoundups.removeMember(cleo, server)
    expect(await storedRoundups.read('now-1', 1)).toMatchObject({ missing: [], missed: 2 })
  })

  test('that stand nowhere are changed all the same', async () => {
    await storedRoundups.write(head, rows(1, [ana]))
    expect(await storedRoundups.removeMember(ana, server)).toEqual([])
    expect((await storedRoundups.read('now-1', 1))?.rows).toEqual([])
  })

  test('end a week after they were written, also when they have been changed', async () => {
    await storedRoundups.write(head, rows(1, [ana, ben]))
    time += week - 1
    await storedRoundups.removeMember(ana, server)
    time += 1
    expect(await storedRoundups.read('now-1', 1)).toBeUndefined()
  })

  test('stand where they stood first', async () => {
    expect(await storedRoundups.recordMessage('now-1', server, { channel: '5', message: '6' })).toEqual({
      channel: '5',
      message: '6',
    })
    expect(await storedRoundups.recordMessage('now-1', server, { channel: '5', message: '7' })).toMatchObject({
      message: '6',
    })
  })

  test('of last week leave the list of their server, so that it never grows', async () => {
    const store = modelStore(() => time)
    const own = createStoredRoundups(store, () => time)
    await own.write(head, [])
    time += week
    await own.write({ ...head, id: 'now-2' }, [])
    expect(await store.members(`sheets.${server}`)).toHaveLength(1)
  })

  test('show those only who stay', async () => {
    const page = await storedRoundups.write(head, [...rows(1, [ana, ben, cleo], 'several'), ...rows(1, [cleo])])
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
