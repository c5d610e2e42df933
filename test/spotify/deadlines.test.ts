import { describe, expect, test } from 'vitest'
import { messageOf, rowsOf, startWorld } from '../world/world.ts'
import { asked, startLab, told } from './lab.ts'

// Their time is spent waiting, so they wait together.
describe.concurrent('Spotify takes its time', () => {
  test('TK-78 an answer that drips or never comes ends at the deadline, and the link stays', async () => {
    const lab = await startLab()
    const members = await Promise.all(Array.from({ length: 4 }, lab.member))
    const newcomers = [lab.stranger(), lab.stranger()]
    const slow = { body: { access_token: 'BQ', token_type: 'Bearer', padding: 'x'.repeat(100) } }
    for (const fault of ['drip', 'hang', 'drip', 'hang', 'drip', 'hang'] as const)
      lab.spotify.script(asked, { ...slow, fault })
    const begun = performance.now()
    const attempts = [
      ...newcomers.map((person) => lab.connects(person)),
      ...members.map((person) => lab.office().shows(person)),
    ]
    for (const sentence of await Promise.all(attempts.map(told))) expect(sentence).toMatch(/^Spotify did not answer/)
    expect(performance.now() - begun).toBeLessThan(9000)
    for (const person of newcomers) expect(await lab.store.get('links', person)).toBeUndefined()
    for (const person of members) expect((await lab.office().shows(person)).songs).toHaveLength(42)
    await lab.close()
  })

  test('IX-124 an answer after 2.9 seconds is acknowledged within one, for a command and for a press', async () => {
    const world = await startWorld()
    const ana = world.person('ana')
    await ana.links()
    const shown = messageOf(await ana.uses('liked recent'))
    world.spotify.trouble = { kind: 'slow', delay: 2.9 }
    const [used, pressed] = await Promise.all([ana.uses('liked recent'), ana.presses(shown, 'Refresh')])
    expect([used.deferred, pressed.deferred]).toEqual([true, true])
    expect(Math.max(used.acknowledgedAfter, pressed.acknowledgedAfter)).toBeLessThan(1000)
    expect([rowsOf(messageOf(used)).length, rowsOf(messageOf(pressed)).length]).toEqual([10, 10])
    expect(messageOf(pressed).id).toBe(shown.id)
    await world.stop()
  })
})
