import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import { answerings, lacksRedis, startAnswering } from '../world/answering.ts'
import { collected } from '../world/outcomes.ts'
import { playlistSteps, tracksOf } from '../world/playlists.ts'
import { buttonsOf, messageOf, type Player, type World } from '../world/world.ts'

describe.each(answerings)('playlists, answered %s', (_, how) => {
  const isLeftOut = lacksRedis(how)
  let world: World
  let ana: Player
  let ben: Player
  let steps: ReturnType<typeof playlistSteps>
  beforeEach(async () => {
    if (isLeftOut) return
    world = await startAnswering(how)
    steps = playlistSteps(world)
    ana = world.person('ana')
    ben = world.person('ben')
    await ana.links()
  })
  afterEach(() => world?.stop())

  test.skipIf(isLeftOut)(
    'Ana makes one of her newest hundred with one permission, and updates it in place',
    async () => {
      const told = messageOf(await ana.uses('liked playlist'))
      expect(told).toMatchObject({
        ephemeral: true,
        content: expect.stringContaining('I need your permission on Spotify'),
      })
      const start = await ana.browser.visit(steps.linkIn(told, 'Allow playlists'))
      expect(words(start)).toMatch(/Let me make playlists for you You asked for a playlist in Discord/)
      const requests = steps.requestsSince()
      const { done, news } = await steps.allows(ana, told)
      expect(words(done)).toContain('My newest liked songs is in your Spotify')
      const [made, ...others] = world.spotify.playlists
      expect(others).toEqual([])
      expect(made).toMatchObject({
        owner: ana.spotify.id,
        name: 'My newest liked songs',
        isPublic: false,
        isKept: true,
      })
      expect(made?.items).toEqual(tracksOf(ana, 100))
      const url = `https://open.spotify.com/playlist/${made?.id}`
      expect(news.content).toMatch(
        /^Made \*\*\[My newest liked songs\]\(https:.*\)\*\* in your Spotify, with 100 songs\./,
      )
      expect(news.content).toContain(`](${url})`)
      expect(buttonsOf(news)).toMatchObject([{ label: 'OPEN SPOTIFY', url }])
      expect(requests().filter((line) => !line.endsWith('/me'))).toEqual([
        ...['GET /v1/me/tracks', 'GET /v1/me/tracks', 'POST /v1/me/playlists', 'GET /v1/me/library/contains'],
        'PUT /v1/playlists/…/items',
      ])

      world.spotify.like(ana.spotify.id)
      if (made) made.name = 'Mine'
      const again = steps.requestsSince()
      const updated = await steps.uses(ana, 150)
      expect(updated.content).toMatch(/^Updated \[your playlist\]\(https:.*\): 150 songs\./)
      expect(world.spotify.playlists).toEqual([{ ...made, items: tracksOf(ana, 150) }])
      expect(again().filter((line) => !line.includes('/me/tracks'))).toEqual([
        ...['GET /v1/me/library/contains', 'PUT /v1/playlists/…/items', 'POST /v1/playlists/…/items'],
      ])
    },
  )

  test.skipIf(isLeftOut)('Ben has never linked: the same button links him and makes it', async () => {
    const told = messageOf(await ben.uses('liked playlist', { count: 5 }))
    expect(told.content).toContain('to make the playlist as well')
    await steps.allows(ben, told, 'Link Spotify')
    expect(world.spotify.playlists).toMatchObject([{ owner: ben.spotify.id, items: tracksOf(ben, 5) }])
  })

  test.skipIf(isLeftOut)('a permission that is refused half way leaves the link as it was', async () => {
    const told = messageOf(await ana.uses('liked playlist'))
    let page = await ana.browser.visit(steps.linkIn(told, 'Allow playlists'))
    while (!page.url.startsWith(world.spotify.accountsUrl)) page = await ana.browser.goOn(page)
    const refused = await ana.browser.push(page, 'Cancel')
    expect(words(refused)).toContain('You cancelled')
    expect(world.spotify.playlists).toEqual([])
    expect(messageOf(await ana.uses('liked recent')).embeds).toHaveLength(1)
    expect(messageOf(await ana.uses('liked playlist')).content).toContain('I need your permission')
  })

  test.skipIf(isLeftOut)(
    'so are those of a search whose library is not in hand, also after the permission',
    async () => {
      const found = await steps.listed(ana, await ana.uses('liked search', { query: 'rain' }))
      // As hours later: linking again leaves nothing in hand.
      await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
      const told = messageOf(await ana.presses(found, 'Make a playlist'))
      const requests = steps.requestsSince()
      let page = await ana.browser.visit(steps.linkIn(told, 'Link Spotify'))
      while (!page.url.includes('/link/done')) page = await ana.browser.goOn(page)
      await expect.poll(() => steps.now(told, ana)?.content).toMatch(/^This takes up to (?:7[0-9]) requests to Spotify/)
      expect(requests().length).toBeLessThan(10)
      expect(world.spotify.playlists).toEqual([])
      const asked = steps.now(told, ana) ?? expect.unreachable()
      const filled = await steps.settled(ana, messageOf(await ana.presses(asked, 'Make the playlist')))
      expect(filled.content).toMatch(/^Made /)
    },
  )

  test.skipIf(isLeftOut)('more than twenty requests are told before, and made with a press', async () => {
    await steps.allows(ana, messageOf(await ana.uses('liked playlist', { count: 1 })))
    const requests = steps.requestsSince()
    const asked = await steps.uses(ana, 1000)
    expect(asked.content).toMatch(/^This takes up to (\d+) requests to Spotify/)
    expect(requests().length).toBeLessThanOrEqual(1)
    expect(world.spotify.playlists[0]?.items).toHaveLength(1)
    const announced = Number(/up to (\d+)/.exec(asked.content)?.[1])
    const filled = await steps.settled(ana, messageOf(await ana.presses(asked, 'Make the playlist')))
    expect(filled.content).toMatch(/^Updated .* 1,000 songs\./)
    expect(world.spotify.playlists[0]?.items).toEqual([...new Set(tracksOf(ana, 1000))])
    expect(requests().length).toBeLessThanOrEqual(announced + 1)
  })

  test.skipIf(isLeftOut)('two presses at once make one playlist', async () => {
    await steps.allows(ana, messageOf(await ana.uses('liked playlist', { count: 1 })))
    const found = await steps.listed(ana, await ana.uses('liked search', { query: 'rain' }))
    const both = await Promise.all([1, 2].map(() => ana.presses(found, 'Make a playlist')))
    for (const one of both) await steps.settled(ana, messageOf(one))
    expect(world.spotify.playlists).toHaveLength(2)
    const told = both.map((one) => steps.now(messageOf(one), ana)?.content)
    expect(told).toContainEqual(expect.stringMatching(/^Made /))
    expect(told).toContainEqual(expect.stringMatching(/^Updated |^I'm already filling a playlist for you/))
  })

  test.skipIf(isLeftOut)(
    'of a search, a period and a roundup it has all songs, each a playlist of its own',
    async () => {
      await steps.allows(ana, messageOf(await ana.uses('liked playlist', { count: 1 })))
      const found = await steps.listed(ana, await ana.uses('liked search', { query: 'rain' }))
      const made = await steps.settled(ana, messageOf(await ana.presses(found, 'Make a playlist')))
      expect(made).toMatchObject({ ephemeral: true, content: expect.stringMatching(/^Made \*\*\[Liked songs: rain\]/) })
      const hits = ana.spotify.library.filter(
        ({ song }) => song && /rain/i.test([song.title, song.album, ...song.artists].join(' ')),
      )
      expect(world.spotify.playlists.at(-1)?.items).toEqual(hits.map(({ song }) => `spotify:track:${song?.id}`))
      const again = await steps.settled(ana, messageOf(await ana.presses(found, 'Make a playlist')))
      expect(again.content).toMatch(/^Updated /)
      expect(world.spotify.playlists).toHaveLength(2)

      const month = new Date(ana.spotify.library[40]?.addedAt ?? 0).toISOString().slice(0, 7)
      const period = await steps.listed(ana, await ana.uses('liked when', { date: month }))
      await steps.settled(ana, messageOf(await ana.presses(period, 'Make a playlist')))
      const then = ana.spotify.library.filter(({ addedAt }) => new Date(addedAt).toISOString().startsWith(month))
      expect(world.spotify.playlists.at(-1)?.items).toEqual(then.map(({ song }) => `spotify:track:${song?.id}`))

      await ben.links()
      for (const one of [ana, ben]) await one.presses(messageOf(await one.uses('roundup join')), 'Join roundups')
      const roundup = messageOf(await collected(world, ana, await ana.uses('roundup now', { days: 31 })))
      const told = messageOf(await ben.presses(roundup, 'Make a playlist'))
      expect(told).toMatchObject({ ephemeral: true })
      await steps.allows(ben, told)
      const ofRoundup = world.spotify.playlists.at(-1)
      expect(ofRoundup).toMatchObject({
        owner: ben.spotify.id,
        name: expect.stringMatching(/^.+ roundup, \w+ \d+, 20\d\d$/),
      })
      expect(new Set(ofRoundup?.items).size).toBe(ofRoundup?.items.length)
      const month31 = Date.now() - 31 * 86_400_000
      const saved = [ana, ben].flatMap(({ spotify }) => spotify.library.filter(({ addedAt }) => addedAt > month31))
      expect(new Set(ofRoundup?.items)).toEqual(new Set(saved.map(({ song }) => `spotify:track:${song?.id}`)))
    },
  )
})
