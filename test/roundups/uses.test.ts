import { expect, test } from 'vitest'
import { ana, ben, createRoundupsFixture, hour, server } from './roundups-fixture.ts'

test('that Ana asked for roundups ends within an hour, whatever is done meanwhile, and at once when she unlinks', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens()
  for (const person of [ana, ben]) await roundups.claimNow(person, server)
  await roundups.collect(server, `now-7-a-${server}`, 7, () => undefined)
  expect((await roundups.about(ana)).asked).toEqual([new Date(fixture.time).toISOString()])
  expect(await names()).toHaveLength(2)
  expect(JSON.stringify(await fixture.store.get('roundup-heads', server))).not.toMatch(/[\da-f]{64}/)
  await roundups.forget(ben)
  expect((await roundups.about(ben)).asked).toEqual([])
  expect(await names()).toHaveLength(1)
  fixture.time += hour + 1
  expect((await roundups.about(ana)).asked).toEqual([])
  expect(await names()).toEqual([])

  async function names(): Promise<string[]> {
    return Array.fromAsync(fixture.store.keys('roundup-uses'))
  }
})

test('ten an hour for one person and thirty in one server; a full server takes nothing from a person', async () => {
  const fixture = createRoundupsFixture()
  const [roundups, other] = [await fixture.opens(), fixture.process()]
  const asks = (person: string) =>
    Promise.all(Array.from({ length: 12 }, (_, turn) => (turn % 2 ? roundups : other).claimNow(person, server)))
  for (const person of ['1', '2', '3']) {
    const waits = (await asks(person)).filter((wait) => wait !== undefined)
    expect(waits.map(({ until }) => until - fixture.time)).toEqual([hour, hour])
  }
  expect(await roundups.claimNow(ana, server)).toMatchObject({ by: 'server', most: 30 })
  expect((await roundups.about(ana)).asked).toEqual([])
  expect(await roundups.claimNow(ana, '197038439483310099')).toBeUndefined()
})
