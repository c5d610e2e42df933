import { expect, test } from 'vitest'
import { modelStore } from '../store/model.ts'
import { ana, channel, createOffice, day, delivered, friday, fridays, server, type Office } from './office.ts'

const week = 7 * day

test('SC-162 a channel that is closed for three weeks ends the roundup, and Ana, who set it up, is told once', async () => {
  const office = newOffice()
  const roundups = await office.opens()
  office.chat.closed.add(channel)
  for (const weeks of [0, 1, 2, 3, 4]) {
    office.time = friday + weeks * week
    expect(await delivered(roundups)).toEqual(weeks < 3 ? ['closed'] : [])
    expect(office.chat.told).toHaveLength(weeks < 2 ? 0 : 1)
  }
  expect(office.chat.told).toEqual([{ person: ana, channel }])
  expect((await roundups.schedule(server))?.paused).toBe('channel closed')
})

test('a channel that opens again in between begins to count anew, and a silent week does not count', async () => {
  const office = newOffice()
  const roundups = await office.opens([], { skipEmpty: false })
  const closedFor = async (weeks: number): Promise<number | undefined> => {
    office.time = friday + weeks * week
    await delivered(roundups)
    return (await roundups.schedule(server))?.closed
  }
  office.chat.closed.add(channel)
  expect(await closedFor(0)).toBe(1)
  expect(await closedFor(1)).toBe(2)
  await roundups.setUp(server, { ...fridays, skipEmpty: true }, ana)
  expect(await closedFor(2)).toBe(0)
  await roundups.setUp(server, fridays, ana)
  expect(await closedFor(3)).toBe(1)
  office.chat.closed.clear()
  expect(await closedFor(4)).toBe(0)
})

test('whoever dies between telling Ana and noting it does not have her told twice', async () => {
  const office = newOffice()
  await office.opens()
  office.chat.closed.add(channel)
  for (const weeks of [0, 1]) {
    office.time = friday + weeks * week
    await delivered(office.process())
  }
  office.time = friday + 2 * week
  const store = { ...office.store, compareAndSet: () => Promise.reject(new Error('It has died')) }
  await delivered(office.process(store))
  expect(office.chat.told).toHaveLength(1)
  office.time += 31_000
  expect(await delivered(office.process())).toEqual(['closed'])
  expect(office.chat.told).toHaveLength(1)
})

test('another channel brings it back, from the next week on', async () => {
  const office = newOffice()
  const roundups = await office.opens()
  office.chat.closed.add(channel)
  for (const weeks of [0, 1, 2]) {
    office.time = friday + weeks * week
    await delivered(roundups)
  }
  const again = await roundups.setUp(server, { ...fridays, channel: '197038439483310087' }, ana)
  expect(again).toMatchObject({ paused: null, closed: 0, dueAt: friday + 3 * week })
})

test('what was announced in a channel that is closed by now is posted in the one that was chosen since', async () => {
  const office = newOffice()
  const roundups = await office.opens()
  office.time = friday
  const chat = { ...office.chat, post: () => Promise.reject(new Error('It has died')) }
  await delivered(office.process(office.store, chat))
  office.chat.closed.add(channel)
  await roundups.setUp(server, { ...fridays, channel: '197038439483310087' }, ana)
  office.time += 31_000
  expect(await delivered(office.process())).toEqual(['posted'])
  expect(office.chat.posts).toMatchObject([{ channel: '197038439483310087' }])
})

function newOffice(): Office {
  const office: Office = createOffice(modelStore(() => office.time))
  return office
}
