import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import { guild } from '../../sandbox/people.ts'
import { startupMessage } from '../../src/error-messages.ts'
import { openMetrics } from '../../src/metrics.ts'
import { messageOf, rowsOf, startWorld, unhurried, type World } from '../world/world.ts'

let world: World
let url: string
beforeAll(async () => {
  const port = await freePort()
  world = await startWorld({ METRICS_PORT: String(port) }, 'gateway', unhurried)
  url = `http://127.0.0.1:${port}/metrics`
})
afterAll(() => world.stop())

const look = () => fetch(url).then((answer) => answer.text())

/** The samples of one series, by their labels. */
async function samples(name: string): Promise<Record<string, number>> {
  const found = (await look()).matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))
  const all = [...found].map(([, labels = '', value]) => [labels, Number(value)] as const)
  return Object.fromEntries(all.filter(([labels, value]) => value > 0 || labels === ''))
}

/** The names and labels of all counters and histograms. */
const series = async () =>
  [...(await look()).matchAll(/^(hearsay_\w+(?:_total|_bucket|_count|_sum)(?:\{.*\})?) \S+$/gm)].map(([, name]) => name)

describe('the metrics of an ordinary evening', () => {
  let fromTheStart: (string | undefined)[]
  beforeAll(async () => (fromTheStart = await series()))
  afterAll(async () => {
    // A series that begins with its first event hides it.
    expect(await series()).toEqual(fromTheStart)
  })

  test('begin at 0, for every command', async () => {
    const all = await look()
    for (const command of ['account', 'help', 'liked', 'link', 'roundup', 'unlink', 'unknown'])
      expect(all).toContain(`hearsay_interactions_total{command="${command}",kind="command",outcome="failed"} 0\n`)
    expect(Object.values(await samples('hearsay_interactions_total'))).toEqual([])
    expect(await samples('hearsay_roundups_overdue')).toEqual({ '': 0 })
  })

  test('count what Ana and Ben did, how it ended and how long it took', async () => {
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    await ana.links()
    const shown = messageOf(await ana.uses('liked recent'))
    await ana.presses(shown, 'Next')
    await ana.submits(await ana.presses(shown, '2 / 312'), { page: '3' })
    await ben.uses('liked recent')
    await ana.forges(shown, 'nonsense:1')
    // What Ana sees is there a moment before the program knows that it has arrived.
    await expect
      .poll(() => samples('hearsay_interactions_total'))
      .toEqual({
        'command="link",kind="command",outcome="answered"': 1,
        'command="liked",kind="command",outcome="answered"': 1,
        'command="liked",kind="command",outcome="refused"': 1,
        'command="liked",kind="press",outcome="answered"': 2,
        'command="liked",kind="dialog",outcome="answered"': 1,
        'command="unknown",kind="press",outcome="refused"': 1,
      })
    const expected = { 'kind="command"': 3, 'kind="press"': 3, 'kind="dialog"': 1 }
    expect(await samples('hearsay_interaction_acknowledged_seconds_count')).toEqual(expected)
    expect(await samples('hearsay_interaction_answered_seconds_count')).toEqual(expected)
  })

  test('count what was asked of Spotify, what it said, and refreshes', async () => {
    const ana = world.person('ana')
    world.spotify.expireAccessTokens()
    world.spotify.script(/GET \/v1\/me\/tracks/, { status: 503 }, { fault: 'reset' })
    await ana.uses('liked recent', { market: 'FR' })
    world.spotify.expireAccessTokens()
    expect(rowsOf(messageOf(await ana.uses('liked recent', { market: 'DE' })))).toHaveLength(10)
    expect(await samples('hearsay_spotify_requests_total')).toMatchObject({
      'endpoint="me",answer="200"': 1,
      'endpoint="tracks",answer="5xx"': 1,
      'endpoint="tracks",answer="network"': 1,
      'endpoint="tracks",answer="401"': 1,
      'endpoint="token",answer="200"': 2,
    })
    const { 'purpose="page"': pages, 'purpose="account"': accounts } = await samples('hearsay_spotify_day_requests')
    expect([pages, accounts]).toEqual([world.spotify.requests.filter(({ path }) => path.endsWith('/tracks')).length, 1])
    expect(await samples('hearsay_spotify_day_limit')).toEqual({ 'kind="assumed"': 1000 })
    expect(await samples('hearsay_token_refreshes_total')).toMatchObject({ 'outcome="refreshed"': 1 })
    expect(await samples('hearsay_spotify_blocked_until_seconds')).toEqual({ '': 0 })

    world.spotify.expireAccessTokens()
    world.spotify.script(/POST \/api\/token/, { status: 400, body: { error: 'invalid_client' } })
    await ana.uses('liked recent', { market: 'NO' })
    expect(await samples('hearsay_token_refreshes_total')).toMatchObject({ 'outcome="misconfigured"': 1 })
    await expect
      .poll(() => samples('hearsay_interactions_total'))
      .toMatchObject({ 'command="liked",kind="command",outcome="failed"': 1 })
    expect(world.errors.splice(0)).toEqual([expect.stringContaining('SPOTIFY_CLIENT_ID')])

    const until = Date.now() / 1000 + 79_000
    world.spotify.script(/GET \/v1\/me\/tracks/, { status: 429, headers: { 'retry-after': '79892' } })
    await ana.uses('liked recent', { market: 'SE' })
    expect((await samples('hearsay_spotify_blocked_until_seconds'))['']).toBeGreaterThan(until)
  })

  test('tell of the event loop, and name no person, server, song or secret', async () => {
    const text = await look()
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m)
    const ana = world.person('ana')
    const secret = Object.entries(world.env).filter(([name]) => /TOKEN|SECRET|CLIENT_ID/.test(name))
    const titles = ana.spotify.library.slice(0, 50).flatMap(({ song }) => (song ? [song.title, song.id] : []))
    const words = [
      ana.id,
      ana.spotify.id,
      guild.id,
      guild.name,
      'nonsense',
      ...titles,
      ...secret.map(([, value]) => value),
    ]
    expect(words.filter((word) => text.includes(word))).toEqual([])
  })
})

describe('the port of the metrics', () => {
  test('has one page, for GET alone', async () => {
    expect((await fetch(url)).headers.get('content-type')).toContain('version=0.0.4')
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405)
    for (const path of ['/', '/metrics/', '/metrics?x=1', '/METRICS', '/health', '/link']) {
      expect((await fetch(new URL(path, url))).status).toBe(404)
    }
    expect((await fetch(`${world.env['PUBLIC_URL']}/metrics`)).status).toBe(404)
  })

  test('is closed to every other address of this machine', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all)
    const others = addresses.filter(({ family, address }) => family === 'IPv4' && address !== '127.0.0.1')
    const hosts = ['127.0.0.2', ...others.map(({ address }) => address)]
    for (const host of hosts) await expect(fetch(url.replace('127.0.0.1', host))).rejects.toThrow()
  })

  test('CF-173 taken: one sentence says so', async () => {
    const taken = openMetrics(Number(new URL(url).port), () => undefined)
    const said = await taken.then(
      () => undefined,
      (error: unknown) => startupMessage(error),
    )
    expect(said).toMatch(/^METRICS_PORT \d+ cannot be listened on\. Set another one/)
  })
})
