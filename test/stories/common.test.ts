import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import type { Saved } from '../../sandbox/spotify/spotify.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { seenAgain } from '../world/asking.ts'
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

const music = channels[0]?.id ?? ''
const day = 24 * 60 * 60_000

describe.each([
  ['a file', 'gateway'],
  ['Redis', 'http'],
] as const)('what two people have both liked, over %s, by %s', (kind, transport) => {
  const isLeftOut = kind === 'Redis' && withoutRedis()
  let redis: RedisServer | undefined
  let world: World
  let ana: Player
  let ben: Player
  let chiyo: Player
  let dara: Player

  beforeAll(async () => {
    if (isLeftOut) return
    redis = kind === 'Redis' ? await startRedis() : undefined
    world = await startWorld(redis ? { REDIS_URL: redis.url } : {}, transport, unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    chiyo = world.person('chiyo')
    dara = world.person('dara')
    for (const one of people()) await one.links()
    makeLibraries()
  })
  afterAll(async () => {
    await world?.stop()
    await redis?.stop()
  })
  afterEach(async () => {
    if (isLeftOut) return
    for (const { id } of people()) world.discord.comeBack(id)
    for (const one of people()) await shares(one, false)
  })

  test.skipIf(isLeftOut)(
    'Ben shares: Ana sees each song once with both dates, newest first, and the two turn it in its place',
    async () => {
      await shares(ben, true)
      const before = asked()
      const shown = await common(ana, ben)
      // Of fifty songs or fewer the front is asked for twice.
      expect(asked() - before).toBe(60 + 2)
      expect(shown.ephemeral).toBe(false)
      expect(textOf(shown)).toMatch(new RegExp(`^29 songs that both <@${ana.id}> and <@${ben.id}> have liked\n`))
      expect(footerOf(shown)).toBe('Page 1 of 3 · 29 songs found · Spotify')
      expect(songsOf(shown)).toEqual(inCommon(ana, ben).slice(0, 10))
      for (const one of [ana, ben]) expect(messageOf(await one.presses(shown, 'Next')).id).toBe(shown.id)
      const last = seenAgain(world, ana, shown) ?? expect.unreachable()
      expect(songsOf(last)).toEqual(inCommon(ana, ben).slice(20))
      const first = messageOf(await ben.submits(await ben.presses(last, '3 / 3'), { page: '1' }))
      expect([first.id, rowsOf(first)]).toEqual([shown.id, rowsOf(shown)])
      expect(asked() - before).toBe(60 + 2)
    },
  )

  test.skipIf(isLeftOut)('on her own, Ana reads it as hers and his', async () => {
    await shares(ben, true)
    const shown = await common(ana, ben, true)
    expect(shown.ephemeral).toBe(true)
    expect(textOf(shown)).toMatch(new RegExp(`^29 songs that both you and <@${ben.id}> have liked\n`))
    expect(rowsOf(shown)[0]).toMatch(new RegExp(` · you <t:\\d+:D> · <@${ben.id}> <t:\\d+:D>$`))
    expect(rowsOf(messageOf(await ana.presses(shown, 'Next')))).toHaveLength(10)
  })

  test.skipIf(isLeftOut)(
    'Ben stops between two presses: nothing more is shown, and Spotify is asked for nothing',
    async () => {
      await shares(ben, true)
      const shown = await common(ana, ben)
      const copy = messageOf(await ana.presses(shown, 'Browse privately'))
      expect(copy.ephemeral).toBe(true)
      const dialog = await ana.presses(shown, '1 / 3')
      await shares(ben, false)
      const before = asked()
      const outcomes = [ana.submits(dialog, { page: '2' })]
      for (const label of ['Next', 'Last', 'Refresh', 'Browse privately', '1 / 3'])
        outcomes.push(ana.presses(shown, label))
      for (const label of ['Next', 'Refresh', '1 / 3']) outcomes.push(ana.presses(copy, label))
      for (const outcome of outcomes) expectRefusal(messageOf(await outcome), ben)
      expect(asked()).toBe(before)
      expect(rowsOf(seenAgain(world, ben, shown) ?? expect.unreachable())).toHaveLength(10)
    },
  )

  test.skipIf(isLeftOut)('Fay stops while Spotify answers: nothing of hers is shown', async () => {
    const fay = world.person('fay')
    await fay.links()
    await shares(fay, true)
    const released = Promise.withResolvers<void>()
    world.spotify.trouble = { kind: 'held', until: released.promise }
    const before = asked()
    const outcome = ana.uses('liked common', { member: fay.id })
    await until('a request for her songs', () => asked() > before || undefined)
    await shares(fay, false)
    world.spotify.trouble = { kind: 'none' }
    released.resolve()
    expectRefusal(messageOf(await outcome), fay)
  })

  test.skipIf(isLeftOut)('Fay stops while only Dara’s songs are still read: nothing of Fay’s is shown', async () => {
    const fay = world.person('fay')
    fay.spotify.library = ben.spotify.library
    await fay.links()
    await shares(fay, true)
    await common(ben, fay)
    const released = Promise.withResolvers<void>()
    world.spotify.trouble = { kind: 'held', until: released.promise }
    const before = asked()
    const outcome = dara.uses('liked common', { member: fay.id })
    await until('a request for Dara’s songs', () => asked() > before || undefined)
    await shares(fay, false)
    world.spotify.trouble = { kind: 'none' }
    released.resolve()
    expectRefusal(messageOf(await outcome), fay)
  })

  test.skipIf(isLeftOut)(
    'Chiyo gets a copy while both share, and is refused in the name of the one who does not',
    async () => {
      await shares(ben, true)
      const shown = await common(ana, ben)
      expectRefusal(messageOf(await chiyo.presses(shown, 'Next')), ana)
      await shares(ana, true)
      const copy = messageOf(await chiyo.presses(shown, 'Next'))
      expect(copy.ephemeral).toBe(true)
      expect(songsOf(copy)).toEqual(inCommon(ana, ben).slice(10, 20))
      expect(JSON.stringify(copy.components)).toContain('Save to my liked songs')
      expect(JSON.stringify(shown.components)).not.toContain('Save to my liked songs')
      expect(footerOf(messageOf(await chiyo.presses(copy, 'Next')))).toMatch(/^Page 3/)
      await shares(ben, false)
      expectRefusal(messageOf(await chiyo.presses(copy, 'Previous')), ben)
      await shares(ben, true)
      await shares(ana, false)
      expectRefusal(messageOf(await chiyo.presses(copy, 'Previous')), ana)
    },
  )

  test.skipIf(isLeftOut)('Ben’s own copy is another message, for which Ana has to share', async () => {
    await shares(ben, true)
    const shown = await common(ana, ben)
    expectRefusal(messageOf(await ben.presses(shown, 'Browse privately')), ana)
    await shares(ana, true)
    const copy = messageOf(await ben.presses(shown, 'Browse privately'))
    expect(copy.ephemeral).toBe(true)
    expect(copy.embeds[0]?.['author']).toMatchObject({ name: 'Ana' })
    expect(textOf(copy)).toMatch(new RegExp(`^29 songs that both you and <@${ana.id}> have liked\n`))
    const second = messageOf(await ben.presses(copy, 'Next'))
    expect(footerOf(second)).toMatch(/^Page 2/)
    await shares(ana, false)
    expectRefusal(messageOf(await ben.presses(second, 'Next')), ana)
  })

  test.skipIf(isLeftOut)(
    'Ana unlinks: Ben sees nothing more of hers on her page, also once she has linked anew, until she turns it',
    async () => {
      await shares(ben, true)
      const shown = await common(ana, ben)
      await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
      expectRefusal(messageOf(await ben.presses(shown, 'Next')), ana)
      const told = messageOf(await ana.presses(shown, 'Next'))
      expect(buttonsOf(told).map(({ label }) => label)).toContain('Link Spotify')
      await ana.links()
      expectRefusal(messageOf(await ben.presses(shown, 'Next')), ana)
      expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2/)
      expect(footerOf(messageOf(await ben.presses(shown, 'Next')))).toMatch(/^Page 3/)
    },
  )

  test.skipIf(isLeftOut)('Ben unlinks, or leaves: he is spoken of like somebody who does not share', async () => {
    await shares(ben, true)
    const shown = await common(ana, ben)
    world.discord.leave(ben.id)
    expectRefusal(messageOf(await ana.uses('liked common', { member: ben.id })), ben)
    world.discord.comeBack(ben.id)
    await shares(ben, true)
    await ben.presses(messageOf(await ben.uses('unlink')), 'Unlink')
    expectRefusal(messageOf(await ana.presses(shown, 'Next')), ben)
    expectRefusal(messageOf(await ana.uses('liked common', { member: ben.id })), ben)
    await ben.links()
  })

  test.skipIf(isLeftOut)(
    'Ana asks, and Ben shows one page of what both have liked, which he alone can turn, and takes it back',
    async () => {
      const refused = messageOf(await ana.uses('liked common', { member: ben.id }))
      expectRefusal(refused, ben)
      await ana.presses(refused, 'Ask @Ben to share')
      const question = await until('the question', () => openQuestion(ben))
      expect(question.content).toContain(
        `<@${ben.id}>, <@${ana.id}> would like to see here which songs both of you have liked.`,
      )
      expect(messageOf(await ana.presses(question, 'Show one page here')).content).toContain(`Only <@${ben.id}>`)
      const page = messageOf(await ben.presses(question, 'Show one page here'))
      expect([page.id, page.content]).toEqual([question.id, `<@${ben.id}> shows this page.`])
      expect(songsOf(page)).toEqual(inCommon(ana, ben).slice(0, 10))
      expect(footerOf(messageOf(await ben.presses(page, 'Next')))).toMatch(/^Page 2/)
      const told = await until('word to Ana', () =>
        world.discord
          .messages(music, ana.id)
          .find(({ content }) => content.includes('of the songs that both of you have')),
      )
      expect(told).toMatchObject({ ephemeral: true, id: refused.id })
      expectRefusal(messageOf(await ana.presses(page, 'Next')), ben, /They showed one page when you asked/)
      const receipt = world.discord.messages(music, ben.id).findLast(({ ephemeral }) => ephemeral)
      expect(receipt?.content).toBe(
        'You showed one page of the songs that both of you have liked. Only you can turn it.',
      )
      await ben.presses(receipt ?? expect.unreachable(), 'Undo')
      expect(seenAgain(world, ana, page)).toMatchObject({ embeds: [], content: `<@${ben.id}> took this page back.` })
    },
  )

  test.skipIf(isLeftOut)(
    'Ben shares with everyone when he is asked, and Ana turns the page; a question outlives no link of hers',
    async () => {
      const refused = messageOf(await chiyo.uses('liked common', { member: ben.id }))
      await chiyo.presses(refused, 'Ask @Ben to share')
      const question = await until('the question', () => openQuestion(ben))
      await chiyo.presses(messageOf(await chiyo.uses('unlink')), 'Unlink')
      expectRefusal(messageOf(await ben.presses(question, 'Show one page here')), chiyo)
      await chiyo.links()
      expectRefusal(messageOf(await ben.presses(question, 'Show one page here')), chiyo)

      const again = messageOf(await ben.uses('liked common', { member: chiyo.id }))
      await ben.presses(again, 'Ask @Chiyo to share')
      const other = await until('the question', () => openQuestion(chiyo))
      await chiyo.presses(other, 'Share with everyone here')
      const page = await until('the page', () => {
        const now = seenAgain(world, ben, other)
        return now && rowsOf(now).length > 0 ? now : undefined
      })
      expect(songsOf(page)).toEqual(inCommon(ben, chiyo).slice(0, 10))
      expect(footerOf(messageOf(await ben.presses(page, 'Next')))).toMatch(/^Page 2/)
    },
  )

  test.skipIf(isLeftOut)('who is not linked, oneself, a bot, nothing in common, and nothing at all', async () => {
    for (const one of [ben, dara]) await shares(one, true)
    const emil = world.person('emil')
    const offered = messageOf(await emil.uses('liked common', { member: ben.id }))
    expect(buttonsOf(offered).map(({ label }) => label)).toEqual(['Link Spotify'])
    expectRefusal(messageOf(await ben.uses('liked common', { member: emil.id })), emil)
    expect(messageOf(await ana.uses('liked common', { member: ana.id })).content).toBe(
      "That's you. Choose another member to see which songs both of you have liked.",
    )
    const robot = { member: world.discord.credentials.clientId }
    expect(messageOf(await ana.uses('liked common', robot)).content).toBe('Bots have no liked songs.')
    const fay = world.person('fay')
    await fay.links()
    fay.spotify.library = []
    await shares(fay, true)
    expect(textOf(await common(ben, fay))).toBe(`<@${fay.id}> has no liked songs yet.`)
    const nothing = messageOf(await ben.presses(await common(ben, dara), 'Refresh'))
    expect(textOf(nothing)).toBe(`There is no song that both <@${ben.id}> and <@${dara.id}> have liked.`)
    expect(buttonsOf(nothing).map(({ label }) => label)).toEqual(['Refresh'])
  })

  test.skipIf(isLeftOut)('an altered id shows nothing that nobody has allowed, whoever presses it', async () => {
    await shares(ben, true)
    const shown = await common(ana, ben)
    const next = buttonsOf(shown).find(({ label }) => label === 'Next')?.custom_id ?? ''
    const to = (owner: Player, caller: string): string =>
      next
        .replace(/^liked:2:[^:]+/, `liked:2:${BigInt(owner.id).toString(36)}`)
        .replace(/\.c:[^.]+/, `.c:${BigInt(caller).toString(36)}`)
    // Neither Chiyo nor Dara shares, and neither has asked for this message.
    for (const id of [to(ben, chiyo.id), to(chiyo, ben.id), to(dara, chiyo.id), to(chiyo, ana.id)])
      for (const one of [ana, ben]) expectRefusal(messageOf(await one.forges(shown, id)))
    for (const id of [to(ben, ben.id), to(ben, '1'), next.replace(/\.[^.]+$/, ''), next.replace(/\.c:.+$/, '.c:a')])
      expect(messageOf(await ana.forges(shown, id)).content).toContain("I don't know this button any more")
    expect(rowsOf(seenAgain(world, ben, shown) ?? expect.unreachable())).toEqual(rowsOf(shown))
  })

  const people = (): Player[] => [ana, ben, chiyo, dara]
  const asked = (): number => world.spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length

  const textOf = (message: Message): string => String(message.embeds[0]?.['description'])
  const openQuestion = (owner: Player): Message | undefined =>
    world.discord.messages(music, owner.id).findLast(({ content }) => content.startsWith(`<@${owner.id}>, <@`))

  /** Ana has 3,000 songs, of which Ben has liked every hundredth as well, on the day after; Chiyo every fiftieth. */
  function makeLibraries(): void {
    const library = ana.spotify.library.slice(0, 3_000)
    const every = (count: number, later: number): Saved[] =>
      library
        .filter((_, index) => index > 0 && index % count === 0)
        .map(({ song, addedAt }, index) => ({ song, addedAt: addedAt + (index % 2 === 0 ? later : -later) }))
        .toSorted((one, other) => other.addedAt - one.addedAt)
    ana.spotify.library = library
    ben.spotify.library = every(100, day)
    chiyo.spotify.library = every(50, 3 * day)
    dara.spotify.library = ben.spotify.library.map(({ song, addedAt }, index) => {
      return { addedAt, song: song && { ...song, id: String(index).padStart(22, 'x'), title: `Not ${song.title}` } }
    })
  }

  const songsOf = (message: Message): string[] => rowsOf(message).map((row) => row.replace(/\n-# .*? · <@/, ' · <@'))

  /** The rows without artists that are to be expected, of two people of whom the first has asked. */
  function inCommon(one: Player, other: Player): string[] {
    const others = new Map(other.spotify.library.map(({ song, addedAt }) => [song?.id, addedAt]))
    const both = one.spotify.library.flatMap(({ song, addedAt }) => {
      const later = others.get(song?.id)
      return song && later !== undefined ? [{ song, times: [addedAt, later] }] : []
    })
    const sorted = both.toSorted((a, b) => Math.max(...b.times) - Math.max(...a.times))
    return sorted.map(({ song, times }, index) => {
      const dates = [one, other].map(({ id }, side) => `<@${id}> <t:${(times[side] ?? 0) / 1000}:D>`)
      return `**${sorted.length - index}.** [${song.title}](https://open.spotify.com/track/${song.id}) · ${dates.join(' · ')}`
    })
  }

  function expectRefusal(told: Message, owner?: Player, more = /./): void {
    const whose = owner ? `<@${owner.id}>` : '<@\\d+>'
    expect(told.content).toMatch(new RegExp(`^${whose}'s liked songs are not shared with you here\\.`))
    expect(told.content).toMatch(more)
    expect([told.ephemeral, rowsOf(told)]).toEqual([true, []])
  }

  async function shares(one: Player, really: boolean): Promise<void> {
    const choice = really ? 'Share with this server' : 'Share with nobody'
    const settings = messageOf(await one.uses('account sharing'))
    const isInForce = buttonsOf(settings).find(({ label }) => label === `✓ ${choice}`)?.disabled
    if (!isInForce) await one.presses(settings, choice)
  }

  /** Once both libraries have been read. */
  async function common(one: Player, other: Player, hidden = false): Promise<Message> {
    const outcome = messageOf(await one.uses('liked common', { member: other.id, ...(hidden && { private: true }) }))
    return until('the whole list', () => {
      const now = seenAgain(world, one, outcome)
      return now && (footerOf(now).startsWith('Page') || now.embeds.length === 0) ? now : undefined
    })
  }
})
