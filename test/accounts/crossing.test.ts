import { describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createInvitations } from '../../src/accounts/invitations.ts'
import { createTemporaryRecords } from '../../src/accounts/temporary-records.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createRoundups, type Publisher } from '../../src/roundups/roundups.ts'
import { createQuestions } from '../../src/questions.ts'
import { createSharing } from '../../src/sharing.ts'
import type { SpotifyClients } from '../../src/spotify/clients.ts'
import type { Store } from '../../src/store/store.ts'
import { fridays } from '../roundups/roundups-fixture.ts'
import { inEveryOrder, type Operation } from '../store/every-order.ts'
import { modelStore } from '../store/model.ts'

const ana = '175928847299117063'
const ben = '218430562115657728'
const [north, south] = ['200000000000000001', '200000000000000002']
const crypto = createCrypto({ id: 'k1', key: Buffer.alloc(32, 1) }, [{ id: 'k1', key: Buffer.alloc(32, 1) }])

/** One process of the program. Its Spotify gives everybody the account that the code names. */
function processOver(store: Store) {
  const oauth = {
    exchange: async (code: string) => ({
      access: { token: code, expiresAt: Infinity },
      refreshToken: `refresh ${code}`,
    }),
  }
  const client = { oauth, api: { me: async (code: string) => ({ id: code, name: code }) }, clientId: 'app' }
  const accounts = createAccounts(store, crypto, { operator: client, for: () => client } as unknown as SpotifyClients)
  const temporaryRecords = createTemporaryRecords(store, crypto)
  /** The account that each consent was given for, as it saw it first. */
  const seen: string[] = []
  const watched = {
    async get(person: string): Promise<Link> {
      const link = await accounts.get(person)
      seen.push(link.spotifyId)
      return link
    },
  }
  const questions = createQuestions(store, crypto, temporaryRecords, watched)
  const sharing = createSharing(store, watched, questions)
  const library = { since: async () => ({ songs: [], isCut: false }) }
  const roundups = createRoundups(store, library, watched, {} as Publisher, crypto)
  const invitations = createInvitations(store, crypto, temporaryRecords, 'https://hearsay.test')
  return {
    ...{ accounts, temporaryRecords, sharing, roundups, invitations, seen },
    links: (person: string, account: string) =>
      accounts.connect(person, {
        parameters: account as unknown as URLSearchParams,
        ...{ redirectUri: '', codeVerifier: '', startedAt: Infinity },
        async endConsents() {
          await sharing.end(person)
          await roundups.leaveAll(person)
        },
      }),
    async unlinks(person: string) {
      await accounts.unlink(person)
      await sharing.end(person)
      await questions.forget(person)
      await roundups.forget(person)
    },
  }
}

type Process = ReturnType<typeof processOver>

/** Ana is linked, and what else has happened before; then each of the two works in a process of its own. */
function begin(before: (ana: Process) => Promise<unknown>, ...works: ((own: Process) => Promise<unknown>)[]) {
  return async () => {
    const store = modelStore()
    const first = processOver(store)
    await first.links(ana, 'old')
    await before(first)
    const outcomes: { isDone: boolean; seen: readonly string[] }[] = []
    const operations = works.map((work): Operation => async (gated) => {
      const own = processOver(gated)
      const outcome = { isDone: false, seen: own.seen }
      outcomes[works.indexOf(work)] = outcome
      await work(own)
      outcome.isDone = true
    })
    return { world: { store, outcomes, after: processOver(store) }, store, operations }
  }
}

const nothing = async (): Promise<void> => undefined
const joins = (own: Process) => own.roundups.join(ana, north)
const leaves = (own: Process) => own.roundups.leave(ana, north)
const unlinks = (own: Process) => own.unlinks(ana)
const linksAnother = (own: Process) => own.links(ana, 'new')

/** What Ana sees of herself is what the server sees of her. */
async function agree({ store, after }: { store: Store; after: Process }, order: string, isDead: boolean) {
  const listed = (await store.members(`roundup.${north}`)).includes(ana)
  const isIn = (await after.roundups.servers(ana)).includes(north)
  const shown = (await after.roundups.members(north)) === 1
  // Where somebody has died, whoever looks mends it.
  if (!isDead) expect({ order, listed }).toEqual({ order, listed: isIn })
  if (!isDead) expect({ order, shown }).toEqual({ order, shown: isIn })
  if (shown) expect({ order, isIn }).toEqual({ order, isIn: true })
  expect({ order, takesPart: await after.roundups.takesPart(ana, north) }).toEqual({ order, takesPart: isIn })
  expect({ order, shown: (await after.roundups.members(north)) === 1 }).toEqual({ order, shown: isIn })
  expect({ order, listed: await store.members(`roundup.${north}`) }).toEqual({ order, listed: isIn ? [ana] : [] })
}

describe.each([
  ['live', false],
  ['may die at any of their steps', true],
])('in whatever order two operations reach the store, where both processes %s', (_, dying) => {
  const options = { dying, most: 25 }

  test.each([
    ['a join and a leave', nothing, [joins, leaves]],
    ['a join and a leave of somebody who takes part', joins, [joins, leaves]],
    ['two joins', nothing, [joins, joins]],
    ['two leaves', joins, [leaves, (own: Process) => own.roundups.leave(ana, north)]],
    ['a join and an unlink', nothing, [joins, unlinks]],
    ['a join and a link to another account', nothing, [joins, linksAnother]],
  ])('%s leave records that agree', async (_name, before, works) => {
    const tried = await inEveryOrder(
      begin(before, ...works.map((work) => (own: Process) => work(own))),
      async (world, order) => agree(world, order, order.includes('†')),
      options,
    )
    expect(tried).toBeGreaterThan(25)
  })

  test('a join and an unlink leave nothing of Ana, but what a process leaves that died, which the next unlink finds', async () => {
    await inEveryOrder(
      begin(nothing, joins, unlinks),
      async ({ store, after, outcomes }, order) => {
        if (!outcomes[1]?.isDone) await after.unlinks(ana)
        const isIn = await after.roundups.takesPart(ana, north)
        if (!order.includes('†')) expect({ order, isIn }).toEqual({ order, isIn: false })
        await after.unlinks(ana)
        const left = [await store.members(`roundup.${north}`), await store.members(`roundups.${ana}`)]
        expect({ order, left }).toEqual({ order, left: [[], []] })
      },
      options,
    )
  })

  test.each([
    ['sharing', (own: Process) => own.sharing.share(ana, south), (own: Process) => own.sharing.shares(ana, south)],
    ['joining', (own: Process) => own.roundups.join(ana, south), (own: Process) => own.roundups.takesPart(ana, south)],
  ])(
    '%s and a link to another account: no consent counts for an account that it was not given for',
    async (_name, give, holds) => {
      await inEveryOrder(
        begin((own) => Promise.all([own.sharing.share(ana, north), own.roundups.join(ana, north)]), give, linksAnother),
        async ({ after, outcomes }, order) => {
          const link = await after.accounts.find(ana)
          const account = link?.spotifyId
          if (outcomes[1]?.isDone) expect({ order, account }).toEqual({ order, account: 'new' })
          if (account === 'old') return
          const given = account !== undefined && outcomes[0]?.seen[0] === account
          if (account === 'new') {
            const old = [await after.sharing.shares(ana, north), await after.roundups.takesPart(ana, north)]
            expect({ order, old }).toEqual({ order, old: [false, false] })
            // The receipt and the consent go together.
            const held = await holds(after)
            if (held) expect({ order, given }).toEqual({ order, given: true })
            if (!order.includes('†'))
              expect({ order, held }).toEqual({ order, held: outcomes[0]?.isDone === true && given })
          }
          // Whoever died in between has left no link; the next one finds the old consents, and ends them.
          else await after.links(ana, 'newer').then(async () => expect(await holds(after), order).toBe(false))
        },
        options,
      )
    },
  )

  test('sharing and an unlink: nothing is shared afterwards', async () => {
    await inEveryOrder(
      begin(nothing, (own) => own.sharing.share(ana, south), unlinks),
      async ({ after, outcomes }, order) => {
        if (!outcomes[1]?.isDone) await after.unlinks(ana)
        const shared = await after.sharing.servers(ana)
        const link = await after.accounts.find(ana)
        expect({ order, link }).toEqual({ order, link: undefined })
        if (!order.includes('†')) expect({ order, shared }).toEqual({ order, shared: [] })
        // What died while it was sharing is over the next link as well.
        await after.links(ana, 'old')
        expect({ order, shared: await after.sharing.servers(ana) }).toEqual({ order, shared: [] })
      },
      options,
    )
  })

  test.each([
    ['Ana and Ben set up a roundup', nothing, [(own: Process) => setUp(own, ana), (own: Process) => setUp(own, ben)]],
    [
      'Ben sets up Ana’s anew, and so does she',
      (own: Process) => setUp(own, ana),
      [(own: Process) => setUp(own, ana), (own: Process) => setUp(own, ben)],
    ],
    [
      'Ana sets one up and unlinks',
      nothing,
      [(own: Process) => setUp(own, ana), (own: Process) => own.roundups.forget(ana)],
    ],
    [
      'Ben sets up Ana’s anew while she unlinks',
      (own: Process) => setUp(own, ana),
      [(own: Process) => setUp(own, ben), (own: Process) => own.roundups.forget(ana)],
    ],
  ])('%s: whose schedule it is, they find', async (_name, before, works) => {
    await inEveryOrder(
      begin(before, ...works),
      async ({ store, after }, order) => {
        // Where somebody has died, whatever looks at the schedule mends it: a change, or the look once a day.
        if (order.includes('†')) await after.roundups.pause(north)
        const by = (await after.roundups.schedule(north))?.setBy
        for (const person of [ana, ben]) {
          const found = (await after.roundups.about(person)).setUp
          expect({ order, found }).toEqual({ order, found: by === person ? [north] : [] })
          const listed = await store.members(`schedules.${person}`)
          if (!order.includes('†')) expect({ order, listed }).toEqual({ order, listed: found })
          await after.roundups.forget(person)
          expect({ order, listed: await store.members(`schedules.${person}`) }).toEqual({ order, listed: [] })
          expect((await after.roundups.schedule(north))?.setBy).not.toBe(person)
        }
      },
      options,
    )
  })

  test('an invitation and an unlink: what is there, the next unlink finds', async () => {
    await inEveryOrder(
      begin(nothing, (own) => own.invitations.create(ana, 'a-token'), unlinks),
      async ({ store, after }, order) => {
        await after.unlinks(ana)
        const keys = await Array.fromAsync(store.keys('invitations'))
        expect({ order, keys, list: await after.temporaryRecords.list(ana) }).toEqual({ order, keys: [], list: [] })
      },
      options,
    )
  })
})

function setUp(own: Process, by: string): Promise<unknown> {
  return own.roundups.setUp(north, fridays, by)
}
