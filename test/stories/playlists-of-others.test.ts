import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import type { Message } from '../../sandbox/discord/discord.ts'
import { answerings, lacksRedis, startAnswering } from '../world/answering.ts'
import { collected } from '../world/outcomes.ts'
import { playlistSteps } from '../world/playlists.ts'
import { until } from '../world/until.ts'
import {
  buttonsOf,
  footerOf,
  messageOf,
  rowsOf,
  startWorld,
  unhurried,
  type Player,
  type World,
} from '../world/world.ts'

const hour = 60 * 60 * 1000

describe.each(answerings)('a playlist of what two have both liked, answered %s', (_, how) => {
  const isLeftOut = lacksRedis(how)
  let world: World
  let ana: Player
  let ben: Player
  let chiyo: Player
  let steps: ReturnType<typeof playlistSteps>
  beforeEach(async () => {
    if (isLeftOut) return
    world = await startAnswering(how)
    steps = playlistSteps(world)
    ana = world.person('ana')
    ben = world.person('ben')
    chiyo = world.person('chiyo')
    // Ben has liked every fifth of Ana's songs, and Chiyo every tenth.
    const library = ana.spotify.library.slice(0, 150)
    ana.spotify.library = library
    ben.spotify.library = library.filter((_saved, index) => index % 5 === 0)
    chiyo.spotify.library = library.filter((_saved, index) => index % 10 === 0)
    for (const one of [ana, ben]) await one.links()
    await shares(ben, true)
  })
  afterEach(() => world?.stop())

  test.skipIf(isLeftOut)('Ana makes one, with one permission, and each press updates it', async () => {
    const shown = await common()
    const told = messageOf(await ana.presses(shown, 'Make a playlist'))
    expect(told).toMatchObject({ ephemeral: true, content: expect.stringContaining('I need your permission') })
    const { done, news } = await steps.allows(ana, told)
    expect(words(done)).toContain('Songs Ben and I like is in your Spotify')
    expect(news.content).toMatch(/^Made \*\*\[Songs Ben and I like\]\(.*\)\*\* in your Spotify, with 30 songs\./)
    expect(world.spotify.playlists).toMatchObject([{ owner: ana.spotify.id, items: tracksOf(ben), isPublic: false }])
    expect(steps.now(shown, ben)).toEqual(shown)

    if (world.spotify.playlists[0]) world.spotify.playlists[0].items = []
    const updated = await steps.settled(ana, messageOf(await ana.presses(shown, 'Make a playlist')))
    expect(updated.content).toMatch(/^Updated .*: 30 songs\./)
    expect(world.spotify.playlists).toMatchObject([{ items: tracksOf(ben) }])
  })

  test.skipIf(isLeftOut)(
    'Ben presses the same button: one in his account, named after Ana, while she shares',
    async () => {
      const shown = await common()
      // Nobody is asked for a permission that would help nothing.
      const refused = messageOf(await ben.presses(shown, 'Make a playlist'))
      expectRefusal(refused, ana)
      expect(buttonsOf(refused).map(({ label }) => label)).toEqual(['Ask @Ana to share'])
      expect(world.spotify.playlists).toEqual([])
      await shares(ana, true)
      const { news } = await steps.allows(ben, messageOf(await ben.presses(shown, 'Make a playlist')))
      expect(news.content).toMatch(/^Made \*\*\[Songs Ana and I like\]/)
      expect(world.spotify.playlists).toMatchObject([{ owner: ben.spotify.id, items: tracksOf(ben) }])
    },
  )

  test.skipIf(isLeftOut)(
    'Ben stops sharing before the press, or before Ana has agreed: nothing is made and nothing of his is told',
    async () => {
      const shown = await common()
      const told = messageOf(await ana.presses(shown, 'Make a playlist'))
      await shares(ben, false)
      const failed = await steps.goesOn(ana, steps.linkIn(told, 'Allow playlists'))
      expect(words(failed)).toContain("I couldn't make the playlist. Ben's liked songs are not shared with you here.")
      await expect
        .poll(() => steps.now(told, ana)?.content)
        .toBe(`I couldn't make the playlist. <@${ben.id}>'s liked songs are not shared with you here.`)
      const requests = steps.requestsSince()
      const refused = messageOf(await ana.presses(shown, 'Make a playlist'))
      expectRefusal(refused, ben)
      expect(buttonsOf(refused).map(({ label }) => label)).toEqual(['Ask @Ben to share'])
      expect(requests()).toEqual([])
      expect(world.spotify.playlists).toEqual([])

      await shares(ben, true)
      expect((await steps.settled(ana, messageOf(await ana.presses(shown, 'Make a playlist')))).content).toMatch(
        /^Made/,
      )
      const [made] = world.spotify.playlists
      const items = [...(made?.items ?? [])]
      await shares(ben, false)
      expectRefusal(messageOf(await ana.presses(shown, 'Make a playlist')), ben)
      expect(world.spotify.playlists).toEqual([{ ...made, items }])
    },
  )

  test.skipIf(isLeftOut)('Chiyo presses it too: hers is of what she and Ben like, and nothing of Ana’s', async () => {
    const shown = await common()
    const offered = messageOf(await chiyo.presses(shown, 'Make a playlist'))
    expect(offered.content).toContain("You haven't linked Spotify yet")
    const { news } = await steps.allows(chiyo, offered, 'Link Spotify')
    expect(news.content).toMatch(/^Made \*\*\[Songs Ben and I like\]/)
    expect(world.spotify.playlists).toMatchObject([{ owner: chiyo.spotify.id, items: tracksOf(chiyo) }])
    await shares(ben, false)
    expectRefusal(messageOf(await chiyo.presses(shown, 'Make a playlist')), ben)
  })

  test.skipIf(isLeftOut)('an id that was altered to somebody who does not share makes nothing', async () => {
    const shown = await common()
    await steps.allows(ana, messageOf(await ana.presses(shown, 'Make a playlist')))
    const id = buttonsOf(shown).find(({ label }) => label === 'Make a playlist')?.custom_id ?? ''
    const before = structuredClone(world.spotify.playlists)
    expectRefusal(messageOf(await ana.forges(shown, id.replace(ben.id, chiyo.id))), chiyo)
    const own = messageOf(await ana.forges(shown, id.replace(ben.id, ana.id)))
    expect(own.content).toContain("I don't know this button any more")
    for (const value of ['0', 'x', '1e3', '-1', '1001', '18446744073709551616'])
      for (const of of ['common', 'newest'])
        expect(messageOf(await ana.forges(shown, `liked:playlist:${of}:${value}`)).content).toMatch(
          /I don't know this button any more|not shared with you here/,
        )
    expect(world.spotify.playlists).toEqual(before)
  })

  const tracksOf = ({ spotify }: Player) => spotify.library.map(({ song }) => `spotify:track:${song?.id}`)

  function expectRefusal(told: Message, owner: Player): void {
    expect(told.content).toBe(`<@${owner.id}>'s liked songs are not shared with you here.`)
    expect([told.ephemeral, rowsOf(told)]).toEqual([true, []])
  }

  async function shares(one: Player, really: boolean): Promise<void> {
    const choice = really ? 'Share with this server' : 'Share with nobody'
    const settings = messageOf(await one.uses('account sharing'))
    const isInForce = buttonsOf(settings).find(({ label }) => label === `✓ ${choice}`)?.disabled
    if (!isInForce) await one.presses(settings, choice)
  }

  /** What Ana has asked for, once both libraries have been read. */
  async function common(): Promise<Message> {
    const outcome = messageOf(await ana.uses('liked common', { member: ben.id }))
    return until('the whole list', () => {
      const now = steps.now(outcome, ana)
      return now && footerOf(now).startsWith('Page') ? now : undefined
    })
  }
})

describe('a playlist of a roundup in a server that Ben has left, an hour after Discord last spoke of him', () => {
  let world: World
  let ana: Player
  let ben: Player
  let steps: ReturnType<typeof playlistSteps>
  beforeAll(async () => {
    // What Discord has said counts for an hour by this clock.
    vi.useFakeTimers({ toFake: ['performance'] })
    vi.advanceTimersByTime(1)
    world = await startWorld({}, 'gateway', unhurried)
    steps = playlistSteps(world)
    ana = world.person('ana')
    ben = world.person('ben')
    for (const one of [ana, ben]) await one.links()
    await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
  })
  afterAll(async () => {
    vi.useRealTimers()
    await world.stop()
  })

  test('he pressed before, and agrees afterwards: nothing is made, and he is told why', async () => {
    const roundup = messageOf(await collected(world, ana, await ana.uses('roundup now', { days: 31 })))
    const told = messageOf(await ben.presses(roundup, 'Make a playlist'))
    world.discord.leave(ben.id)
    vi.advanceTimersByTime(hour + 1)
    const page = await steps.goesOn(ben, steps.linkIn(told, 'Allow playlists'))
    expect(words(page)).toContain("I couldn't make the playlist.")
    expect(world.spotify.playlists).toEqual([])
    world.discord.comeBack(ben.id)
    vi.advanceTimersByTime(hour + 1)
    const made = await steps.settled(ben, messageOf(await ben.presses(roundup, 'Make a playlist')))
    expect(made.content).toMatch(/^Made /)
    expect(world.spotify.playlists).toHaveLength(1)
    // One of that roundup's, also when somebody has left it since: what is shown now.
    await ana.uses('roundup leave')
    const gone = await steps.settled(ben, messageOf(await ben.presses(roundup, 'Make a playlist')))
    expect(gone.content).toBe('I found no songs for a playlist, so I changed nothing.')
  })
})
