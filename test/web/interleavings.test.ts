import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type Player, type World } from '../world/world.ts'
import { behindProxy, linkedAs, newcomer, take, unlink, type Step } from './flow.ts'
import { runs } from '../world/runs.ts'

/** Somebody on the way, and what their browser would ask for next. */
interface Traveller {
  readonly player: Player
  next: Step | undefined
}

/** What they have let out of their hands: requests, sent or not, and cookies that their browsers have replaced. */
interface Loot {
  readonly steps: Step[]
  readonly cookies: string[]
}

type Move = { readonly who: number; readonly pick: number } & (
  | { readonly kind: 'goes on' | 'starts anew' | 'uses an old cookie' }
  /** A request of anybody's, taken to its end as far as pages lead. */
  | { readonly kind: 'opens' }
  /** Beside their own, for the length of one request of their own. */
  | { readonly kind: 'has a cookie put there'; readonly whose: number }
)

const names = ['Ana', 'Ben', 'Emil']
const who = fc.nat(names.length - 1)
const pick = fc.nat()
const goesOn = fc.record({ kind: fc.constant('goes on' as const), who, pick })
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: goesOn },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('opens' as const), who, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('has a cookie put there' as const), who, pick, whose: who }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('starts anew' as const, 'uses an old cookie' as const), who, pick }),
  },
)

let world: World
beforeAll(async () => (world = await startWorld(behindProxy)))
afterAll(() => world.stop())

test('XU-54 however three people start, stop, forward, replay and swap what they have, nobody gets another’s Spotify', async () => {
  let links = 0
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 15, maxLength: 40 }), async (moves) => {
      const travellers = names.map((name) => ({ player: newcomer(world, name.toLowerCase()), next: undefined }))
      const loot: Loot = { steps: [], cookies: [] }
      for (const one of moves) await perform(one, travellers, loot)
      const linked = await Promise.all(travellers.map(({ player }) => linkedAs(player)))
      for (const { player } of travellers) await unlink(player)
      links += linked.filter(Boolean).length
      expect(names).toEqual(names.map((name, index) => linked[index] ?? name))
    }),
    // The search for a shorter story takes longer than a test may.
    { numRuns: runs(12), endOnFailure: true },
  )
  expect(links).toBeGreaterThan(3)
})

async function perform(move: Move, travellers: readonly Traveller[], loot: Loot): Promise<void> {
  const traveller = travellers[move.who] ?? expect.unreachable()
  const { cookies } = traveller.player.browser
  switch (move.kind) {
    case 'starts anew':
      traveller.next = undefined
      return goOn(traveller, loot)
    case 'goes on':
      return goOn(traveller, loot)
    case 'uses an old cookie': {
      const old = loot.cookies[move.pick % loot.cookies.length]
      if (old) cookies.set('hearsay', old)
      return
    }
    case 'opens': {
      const visitor: Traveller = { player: traveller.player, next: loot.steps[move.pick % loot.steps.length] }
      while (visitor.next) await goOn(visitor, loot)
      return
    }
    case 'has a cookie put there': {
      const other = travellers[move.whose]?.player.browser.cookies.get('hearsay')
      if (!other || move.whose === move.who) return
      cookies.set(' hearsay', other)
      await goOn(traveller, loot)
      cookies.delete(' hearsay')
    }
  }
}

/** One request; without one to go on with, it is the first of a new linking. */
async function goOn(traveller: Traveller, loot: Loot): Promise<void> {
  const { browser } = traveller.player
  const before = browser.cookies.get('hearsay')
  const step = traveller.next ?? { url: `${world.env['PUBLIC_URL']}/link` }
  const { page, next } = await take(browser, step)
  expect(page.status, page.url).toBeLessThan(500)
  traveller.next = next
  loot.steps.push(step, ...(next ? [next] : []))
  if (before && before !== browser.cookies.get('hearsay')) loot.cookies.push(before)
}
