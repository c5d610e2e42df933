import { expect, test, vi } from 'vitest'
import { holdSpotify } from '../world/hold.ts'
import { until } from '../world/until.ts'
import { messageOf, rowsOf, startWorld } from '../world/world.ts'
import { asked, startLinkFixture, told } from './link-fixture.ts'
import { stopTime } from './frozen-clock.ts'

test('TK-78 an answer that drips or never comes ends at the deadline, and the link stays', async () => {
  const fixture = await startLinkFixture({ hurried: true })
  const members = await Promise.all(Array.from({ length: 4 }, fixture.member))
  const newcomers = [fixture.stranger(), fixture.stranger()]
  const slow = { body: { access_token: 'BQ', token_type: 'Bearer', padding: 'x'.repeat(100) } }
  for (const fault of ['drip', 'hang', 'drip', 'hang', 'drip', 'hang'] as const)
    fixture.spotify.script(asked, { ...slow, fault })
  const before = fixture.spotify.requests.length
  const goOn = stopTime()
  let ended = 0
  const attempts = [
    ...newcomers.map((person) => fixture.connects(person)),
    ...members.map((person) => fixture.startProgram().shows(person)),
  ].map((attempt) => told(attempt).finally(() => (ended += 1)))
  await until('six requests', () => fixture.spotify.requests.length === before + 6)
  await vi.advanceTimersByTimeAsync(5_999)
  expect(ended).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  for (const sentence of await Promise.all(attempts)) expect(sentence).toMatch(/^Spotify isn't working/)
  goOn()
  for (const person of newcomers) expect(await fixture.store.get('links', person)).toBeUndefined()
  for (const person of members) expect((await fixture.startProgram().shows(person)).songs).toHaveLength(42)
  await fixture.close()
})

test('IX-124 an answer after 2.9 seconds is acknowledged within one, for a command and for a press', async () => {
  const world = await startWorld()
  const [ana, ben] = [world.person('ana'), world.person('ben')]
  for (const person of [ana, ben]) await person.links()
  const shown = messageOf(await ben.uses('liked recent'))
  const callbacks = (): number => world.discord.requests.filter(({ path }) => path.endsWith('/callback')).length
  const [asks, acknowledged] = [world.spotify.requests.length, callbacks()]
  const goOn = stopTime()
  const letGo = holdSpotify(world.spotify)
  const both = Promise.all([ana.uses('liked recent'), ben.presses(shown, 'Refresh')])
  await until('two requests', () => world.spotify.requests.length === asks + 2)
  expect(callbacks()).toBe(acknowledged)
  await vi.advanceTimersByTimeAsync(999)
  await until('both acknowledged', () => callbacks() === acknowledged + 2)
  await vi.advanceTimersByTimeAsync(1_901)
  letGo()
  const [used, pressed] = await both
  goOn()
  expect([used.deferred, pressed.deferred]).toEqual([true, true])
  expect(Math.max(used.acknowledgedAfter, pressed.acknowledgedAfter)).toBeLessThan(1000)
  expect([rowsOf(messageOf(used)).length, rowsOf(messageOf(pressed)).length]).toEqual([10, 10])
  expect(messageOf(pressed).id).toBe(shown.id)
  await world.stop()
})
