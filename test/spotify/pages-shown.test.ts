import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { footerOf, messageOf, rowsOf, startWorld, type Player, type World } from '../world/world.ts'

const tracks = /^GET \/v1\/me\/tracks$/
const id = '4uLU6hMCjMI75M1A2tKUQC'
const seconds = Math.floor(Date.now() / 1000)
const added = new Date(seconds * 1000).toISOString()
const item = { added_at: added, track: { id, uri: `spotify:track:${id}`, name: 'Low Tide' } }
const items = (count: number) => Array.from({ length: count }, () => item)
const page = (body: object) => ({ body: { items: [item], limit: 50, total: 1, next: null, ...body } })

let world: World
let ana: Player
beforeAll(async () => {
  world = await startWorld()
  ana = world.person('ana')
  await ana.links()
})
afterAll(() => world.stop())

const asked = (path = '/v1/me/tracks'): number =>
  world.spotify.requests.filter((request) => request.path === path).length
const shownTo = async (player: Player) => messageOf(await player.uses('liked recent'))

describe('a page that Spotify makes a mess of', () => {
  test('SP-89 a page without items is asked for again, then what is in hand is shown, and the next try brings the songs', async () => {
    const nothing = page({ items: null, total: 3120 })
    world.spotify.script(tracks, nothing)
    expect(rowsOf(await shownTo(ana))).toHaveLength(10)
    world.spotify.script(tracks, nothing, nothing)
    expect((await shownTo(ana)).embeds[0]?.['description']).toMatch(
      /Spotify isn't working properly right now\. Please try again in a minute\.$/,
    )
    expect((await shownTo(ana)).embeds[0]?.['description']).not.toContain("isn't working")
  })

  test('SP-90, SP-91 songs that are not there keep their numbers', async () => {
    world.spotify.script(tracks, page({ items: [null, { added_at: added, track: null }, item], total: 3 }))
    expect(rowsOf(await shownTo(ana))).toEqual([
      '**3.** Unavailable song\n-# not available',
      `**2.** Unavailable song\n-# <t:${seconds}:R> · not available`,
      `**1.** [Low Tide](https://open.spotify.com/track/${id})\n-# <t:${seconds}:R>`,
    ])
  })

  test('SP-98 a total of a thousand million: Last leads to the last song that there is', async () => {
    world.spotify.script(tracks, page({ total: 1e9 }))
    const last = messageOf(await ana.presses(await shownTo(ana), 'Last'))
    expect(rowsOf(last).at(-1)).toMatch(/^\*\*1\.\*\* /)
    expect(footerOf(last)).toMatch(/^Page 312 of 312 · 3,120 liked songs/)
  })

  test('SP-98 a total that never stands still is answered all the same, for few requests', async () => {
    const restless = await startWorld()
    const ben = restless.person('ben')
    await ben.links()
    restless.spotify.script(
      tracks,
      ...Array.from({ length: 20 }, (_, index) => page({ items: items(50), total: 3000 + index })),
    )
    const shown = await shownTo(ben)
    expect(rowsOf(messageOf(await ben.presses(shown, 'Last'))).length).toBeGreaterThan(0)
    expect(restless.spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length).toBeLessThanOrEqual(8)
    await restless.stop()
  })

  test('SP-99 the address of the next page is never followed', async () => {
    let visits = 0
    const elsewhere = createServer((_request, response) => void response.end(`{"visits":${(visits += 1)}}`))
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
    const next = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/v1/me/tracks?offset=50`
    world.spotify.script(tracks, page({ items: items(50), total: 3120, next }))
    let shown = await shownTo(ana)
    for (let press = 1; press <= 6; press += 1) shown = messageOf(await ana.presses(shown, 'Next'))
    expect(footerOf(shown)).toMatch(/^Page 7 of 312/)
    expect(visits).toBe(0)
    elsewhere.close()
  })

  test('SP-100 songs that come twice and in another order are numbered as they come', async () => {
    const later = { ...item, added_at: new Date(seconds * 1000 - 5000).toISOString() }
    world.spotify.script(tracks, page({ items: [later, item, later], total: 3 }))
    expect(rowsOf(await shownTo(ana)).map((row) => row.slice(0, 6))).toEqual(['**3.**', '**2.**', '**1.**'])
  })

  test('SP-101 after thousands of songs were taken out, the page beyond the end becomes the last one', async () => {
    const shown = await shownTo(ana)
    const { library } = ana.spotify
    ana.spotify.library = library.slice(0, 15)
    const last = messageOf(await ana.presses(shown, 'Last'))
    expect(footerOf(last)).toBe('Page 2 of 2 · 15 liked songs · Spotify')
    expect(rowsOf(last).map((row) => row.slice(0, 6))).toEqual(['**5.**', '**4.**', '**3.**', '**2.**', '**1.**'])
    ana.spotify.library = []
    expect(footerOf(messageOf(await ana.presses(last, 'Refresh')))).toBe('Page 1 of 1 · 0 liked songs · Spotify')
    ana.spotify.library = library
  })

  test('SP-102 five songs where fifty were asked for are five rows, and the next page says that there are none', async () => {
    const five = page({ items: items(5), total: 3120 })
    world.spotify.script(tracks, five)
    expect(rowsOf(await shownTo(ana))).toHaveLength(10)
    world.spotify.script(tracks, five, five)
    const shown = await shownTo(ana)
    expect(rowsOf(shown)).toHaveLength(5)
    expect(shown.embeds[0]?.['description']).toContain('5 songs could not be read: Spotify did not send them.')
    const next = messageOf(await ana.presses(shown, 'Next'))
    expect(next.embeds[0]?.['description']).toBe('Spotify sent no songs for this page.')
    expect(footerOf(next)).toMatch(/^Page 2 of 312/)
  })
})

describe('an answer that refuses', () => {
  test('SP-103 401 and then 200: one refresh, and Ana notices nothing', async () => {
    const before = asked('/api/token')
    world.spotify.script(tracks, { status: 401, body: { error: { status: 401, message: 'The access token expired' } } })
    expect(rowsOf(await shownTo(ana))).toHaveLength(10)
    expect(asked('/api/token') - before).toBe(1)
  })

  const refusals: [string, object[], RegExp, number][] = [
    [
      'SP-103 401 for good',
      [{ status: 401 }, { status: 401 }],
      /^Spotify does not accept your connection at the moment/,
      0,
    ],
    [
      'SP-104 403 in plain text',
      [{ status: 403, body: 'the user may not be registered' }],
      /^Spotify does not let this Spotify account in yet/,
      0,
    ],
    [
      'SP-104 403 of an app that is not approved',
      [{ status: 403, body: { error: { status: 403, message: 'User not approved for app' } } }],
      /^Spotify does not let this Spotify account in yet/,
      0,
    ],
    [
      'SP-104 403 with null inside',
      [{ status: 403, body: { error: null } }],
      /^Spotify did not accept this request/,
      0,
    ],
    [
      'SP-104 403 with no more than its name',
      [{ status: 403, body: 'Forbidden' }],
      /^Spotify did not accept this request/,
      0,
    ],
    [
      'SP-104 403 because of Premium',
      [{ status: 403, body: { error: { message: 'Active premium subscription required' } } }],
      /Premium of the account behind this bot/,
      1,
    ],
    [
      'SP-105 404',
      [{ status: 404, body: { error: { status: 404, message: 'Not found' } } }],
      /^Spotify did not accept this request/,
      0,
    ],
    ['SP-105 418 with HTML', [{ status: 418, body: '<h1>Teapot' }], /^Spotify did not accept this request/, 0],
  ]
  test.each(refusals)('%s is one sentence, and Ana stays linked', async (_, answers, sentence, forOperator) => {
    world.spotify.script(tracks, ...answers)
    const { content, embeds } = await shownTo(ana)
    expect(content).toMatch(sentence)
    expect(content).not.toMatch(/Something went wrong|\/link/)
    expect(embeds).toEqual([])
    expect(world.errors.splice(0)).toHaveLength(forOperator)
    expect(rowsOf(await shownTo(ana))).toHaveLength(10)
  })

  test('TK-81 a secret that is wrong is told to Ana and to the operator, and she stays linked', async () => {
    world.spotify.expireAccessTokens()
    world.spotify.script(/api\/token$/, { status: 401, body: { error: 'invalid_client' } })
    expect((await shownTo(ana)).content).toMatch(
      /^Spotify does not accept this bot at the moment\. Your connection is safe/,
    )
    expect(world.errors.splice(0).join()).toContain('check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET')
    expect(rowsOf(await shownTo(ana))).toHaveLength(10)
  })
})
