import { expect, test } from 'vitest'
import { mortalProcess } from './mortal-process.ts'
import { createRoundupsFixture, delivered, friday } from './roundups-fixture.ts'

test.each([
  ['before', 'soon', 31_000],
  ['after', 'soon', 31_000],
  // Discord has forgotten the nonce by then.
  ['before', 'minutes later', 6 * 60_000],
  ['after', 'minutes later', 6 * 60_000],
] as const)(
  'SC-157 whoever dies %s any of their steps leaves one post behind, taken over %s',
  async (moment, _, wait) => {
    let steps = 0
    for (let last = 1; ; last += 1) {
      const fixture = createRoundupsFixture()
      await fixture.opens()
      fixture.time = friday
      const mortal = mortalProcess(fixture, last, moment)
      await Promise.race([delivered(mortal.roundups), mortal.dead])
      if (!mortal.hasDied()) break
      steps = last
      fixture.time += wait
      await delivered(fixture.process())
      expect(fixture.chat.posts, `step ${last}`).toHaveLength(1)
      expect(await fixture.process().schedule('197038439483310086'), `step ${last}`).toMatchObject({
        posted: '2026-W47',
        posting: null,
      })
    }
    expect(steps).toBeGreaterThan(20)
  },
)
