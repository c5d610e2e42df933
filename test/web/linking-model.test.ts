import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { moves, type Move } from '../linking/moves.ts'
import { LinkingError, play } from '../linking/play.ts'
import { startLinkingFixture, type LinkingFixture } from '../linking/linking-fixture.ts'
import { runs } from '../world/runs.ts'

const latest = 0
const modern = { knowsPrefixes: true }

let fixture: LinkingFixture
beforeAll(async () => (fixture = await startLinkingFixture()))
afterAll(() => fixture.stop())

test('XU-54 whatever Mallory forwards, replays, tampers with and tosses, nobody is linked with another’s account', async () => {
  const score = { moves: 0, linked: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(moves, (each) => play(each, fixture, modern, score)),
    { numRuns: runs(75) },
  )
  expect(score.linked).toBeGreaterThan(5)
  expect(score.refused).toBeGreaterThan(100)
})

const flow: Move[] = [
  { kind: 'begins', who: 'mallory', invited: false },
  ...Array.from({ length: 3 }, (): Move => ({ kind: 'goes on', who: 'mallory' })),
]

test('CK-50 Mallory’s cookie, tossed into Ana’s browser, links nothing: her browser does not take it', async () => {
  const score = { moves: 0, linked: 0, refused: 0 }
  await play(robbery, fixture, modern, score)
  expect(score.refused).toBeGreaterThan(0)
})

test('the model would tell: in a browser that knows no prefixes the same robbery puts Ana’s Spotify under Mallory', async () => {
  const robbed = play(robbery, fixture, { knowsPrefixes: false }, { moves: 0, linked: 0, refused: 0 })
  await expect(robbed).rejects.toThrow(LinkingError)
  await expect(robbed).rejects.toThrow('mallory is linked with the Spotify account of Ana')
})

/** Mallory goes as far as Spotify's page, hands it to Ana together with her cookie, and Ana agrees. */
const robbery: Move[] = [
  ...flow,
  { kind: 'has a cookie tossed', who: 'ana', pick: latest, name: '__Host-hearsay' },
  { kind: 'follows a link', who: 'ana', pick: latest },
  { kind: 'goes on', who: 'ana' },
]
