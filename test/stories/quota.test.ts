import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { sha256 } from '../../src/crypto.ts'
import { dayMeter, meterName } from '../../src/spotify/rate-limit/day-usage.ts'
import { openStore } from '../../src/store/open-store.ts'
import { accountStatus } from '../../src/views/account-status.ts'
import { english } from '../world/english.ts'
import { startWebFixture } from '../world/web-fixture.ts'
import { buttonsOf, messageOf, rowsOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const usedUp = /Nothing is left of my daily limit for Spotify, shared with everybody who uses me\. .*<t:\d+:R>/

describe('with the limits that the operator knows', () => {
  let world: World
  afterEach(() => world.stop())

  const begin = async (changes: Record<string, string>): Promise<Player> => {
    world = await startWorld(changes, 'gateway', unhurried)
    const ana = world.person('ana')
    await ana.links()
    return ana
  }
  const asked = () => world.spotify.requests.filter(({ path }) => path.startsWith('/v1/')).length

  test('a full window: Ana sees what is in hand "as of", and is told until when for the rest', async () => {
    // The window of thirty seconds lasts as long as this machine needs.
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() })
    onTestFinished(() => void vi.useRealTimers())
    const ana = await begin({ SPOTIFY_WINDOW_REQUESTS: '2' })
    expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
    expect(asked()).toBe(2)
    const inHand = await ana.uses('liked recent')
    expect(messageOf(inHand).embeds[0]?.['description']).toMatch(/As of <t:\d+:R>/)
    expect(inHand.deferred).toBe(false)
    const told = messageOf(await ana.uses('liked recent', { market: 'GB' })).content
    const seconds = Number(/Please try again <t:(\d+):R>/.exec(told)?.[1]) - Date.now() / 1000
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(32)
    expect(asked()).toBe(2)
  })

  test('a day that is nearly used up: pages go on to its end, and then Ana is told until when', async () => {
    const ana = await begin({ SPOTIFY_DAILY_REQUESTS: '10' })
    for (const market of ['GB', 'SE', 'FR', 'DE', 'JP', 'NO', 'BR', 'US', 'CA'])
      expect(rowsOf(messageOf(await ana.uses('liked recent', { market })))).toHaveLength(10)
    const refused = messageOf(await ana.uses('liked recent', { market: 'AU' })).content
    expect(refused).toMatch(
      /Nothing is left of my daily limit for Spotify, shared with everybody who uses me\. .*<t:\d+:R>/,
    )
    expect(asked()).toBe(10)
    const status = messageOf(await ana.uses('account status')).content
    expect(status).toMatch(/: 10 of 10, .*\n-# 9 for pages, 0 for whole libraries, 0 for roundups, 1 for accounts$/)
  })

  test('Spotify’s day ends while a search counts up: what was found stays, with the reason, and can be tried again', async () => {
    const ana = await begin({})
    world.spotify.trouble = { kind: 'slow', delay: 2 }
    const search = messageOf(await ana.uses('liked search', { query: 'the' }))
    const shown = () => world.discord.messages(search.channelId, ana.id).find(({ id }) => id === search.id) ?? search
    // More than a block or two.
    await expect
      .poll(() => shown().embeds[0]?.['description'])
      .toMatch(/Still searching: (?:[2-9]\d\d|1,\d{3}) of 3,120 songs/)
    expect(shown().components).toEqual([])
    world.spotify.trouble = { kind: 'quota', retryAfter: 3600 }
    await expect.poll(() => shown().embeds[0]?.['description']).toMatch(usedUp)
    expect(shown().embeds[0]?.['description']).toMatch(/Searched [\d,]+ of 3,120 songs\. /)
    expect(rowsOf(shown())).toHaveLength(10)
    expect(buttonsOf(shown()).map(({ label }) => label)).toContain('Refresh')
    // A word that was not found so far may be in the others.
    const other = messageOf(await ana.uses('liked search', { query: 'zzzzqqq' }))
    expect(other).toMatchObject({ embeds: [], content: expect.stringMatching(usedUp) as string })
  })
})

describe('a library that takes more requests than are left', () => {
  const kinds = [
    ['nobody knows the limit', 650, {}, '1,000'],
    ['the operator knows it', 1_400, { SPOTIFY_DAILY_REQUESTS: '2000' }, '2,000'],
  ] as const

  test.each(kinds)('where %s, Ben learns it within ten requests, and what works now', async (_, spent, set, limit) => {
    const world = await startWorld(set, 'gateway', unhurried, async ({ spotify, env }) => {
      spotify.account('ben-spotify').library = [...spotify.account('chiyo-spotify').library]
      const store = await openStore({ directory: env['DATA_DIR'] ?? '' })
      const key = sha256(spotify.credentials.clientId)
      const entry = {
        ...dayMeter,
        owner: 'yesterday',
        spent: [{ amount: spent, ago: 1 }],
        held: 0,
        want: 0,
        limit: 1,
      }
      for (const part of [undefined, 'roundup']) await store.meter(meterName(key, part), entry)
      await store.close()
    })
    const asked = () => world.spotify.requests.filter(({ path }) => path.startsWith('/v1/')).length
    const ben = world.person('ben')
    await ben.links()
    const before = asked()
    const said = messageOf(await ben.uses('liked search', { query: 'love' }))
    expect(asked() - before).toBeLessThanOrEqual(10)
    expect(said.content).toMatch(
      /^Going through all of these songs takes about 15\d requests, and \d\d are left of my daily limit for Spotify, shared with everybody who uses me\. I can do it <t:\d+:R>\. <\/liked recent:\d+> and <\/liked when:\d+> work right now\.$/,
    )
    expect(rowsOf(messageOf(await ben.uses('liked recent')))).toHaveLength(10)
    expect(rowsOf(messageOf(await ben.uses('liked when', { date: '2023' })))).not.toEqual([])
    const { content } = messageOf(await ben.uses('account status'))
    const parts =
      /: ([\d,]+) of ([\d,]+), .*\n-# (\d+) for pages, (\d+) for whole libraries, ([\d,]+) for roundups, 1 for/
    const [used, most, page, library, roundup] = (parts.exec(content) ?? []).slice(1)
    expect(most).toBe(limit)
    expect(numberOf(roundup)).toBe(spent)
    expect(numberOf(page)).toBeGreaterThan(0)
    expect(numberOf(page) + numberOf(library) + 1 + spent).toBe(numberOf(used))
    expect(numberOf(used)).toBe(asked() + spent)
    await world.stop()
  })
})

test('where the store says nothing of the day, Ana sees the rest of her status all the same', async () => {
  const fixture = await startWebFixture()
  const ana = fixture.visitor('ana')
  await ana.goesOn(await ana.opens(), 'done')
  const { app } = fixture
  const asked = { user: { id: ana.id }, token: 'a-token', guildId: null, channelId: '1' } as never
  const seen = async (usage: () => Promise<undefined>): Promise<string | undefined> => {
    const client = { ...app.spotify.operator, limiter: { ...app.spotify.operator.limiter, usage } }
    const spotify = { ...app.spotify, for: () => client }
    const status = await accountStatus({ ...app, spotify }, asked, english)
    return status.content
  }
  for (const usage of [async () => undefined, () => new Promise<never>(() => undefined)]) {
    const content = await seen(usage)
    expect(content).toContain('Linked as **Ana**')
    expect(content).not.toContain('Requests to Spotify')
  }
  await fixture.stop()
})

function numberOf(text = ''): number {
  return Number(text.replaceAll(',', ''))
}
