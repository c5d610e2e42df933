import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { createClockCheck } from '../../src/doctor/doctor.ts'
import type { Http } from '../../src/http.ts'
import { complaints, visit } from './visit.ts'

let sandbox: Sandbox
beforeAll(async () => (sandbox = await startSandbox()))
afterAll(() => sandbox.close())

const other = '123456789012345678'
/** An address at which nobody listens. */
const nobody = 'http://127.0.0.1:9'

describe('settings that a provider refuses are named, each alone', () => {
  const cases: [string, Record<string, string>, RegExp[]][] = [
    [
      'the token',
      { DISCORD_TOKEN: 'an.old.token' },
      [/^DISCORD_TOKEN: Discord does not take it\. Reset and copy it under Bot/],
    ],
    [
      'the secret',
      { DISCORD_CLIENT_SECRET: 'an-old-secret' },
      [/^DISCORD_CLIENT_SECRET: .*Copy both again under OAuth2/],
    ],
    [
      'an id of another application',
      { DISCORD_CLIENT_ID: other },
      [
        /^DISCORD_TOKEN: It belongs to application 118\d+, and DISCORD_CLIENT_ID names another/,
        /^DISCORD_CLIENT_SECRET: /,
      ],
    ],
    ['a server without the bot', { DISCORD_GUILD_ID: other }, [/^DISCORD_GUILD_ID: The bot is not in that server/]],
    [
      'Spotify’s secret',
      { SPOTIFY_CLIENT_SECRET: 'an-old-secret' },
      [/^Spotify app: Spotify does not take SPOTIFY_CLIENT_SECRET\./],
    ],
    [
      'Spotify’s id',
      { SPOTIFY_CLIENT_ID: 'f'.repeat(32) },
      [/^Spotify app: Spotify does not take SPOTIFY_CLIENT_ID\./],
    ],
    [
      'no way to Discord',
      { DISCORD_API_URL: nobody },
      [/^Discord: 127\.0\.0\.1:9 refuses the connection\. .*\(ECONNREFUSED\)/],
    ],
    ['no way to Spotify', { SPOTIFY_ACCOUNTS_URL: nobody }, [/^Spotify app: 127\.0\.0\.1:9 refuses the connection/]],
    [
      'no way to its Web API',
      { SPOTIFY_API_URL: `${nobody}/v1` },
      [/^Spotify Web API: 127\.0\.0\.1:9 refuses the connection/],
    ],
    [
      'a key of another application',
      { DISCORD_PUBLIC_KEY: 'ab'.repeat(32) },
      [/^Interactions: DISCORD_PUBLIC_KEY is another application’s/],
    ],
  ]
  test.each(cases)('%s', async (_, changes, expected) => {
    expect(await complaints({ ...sandbox.env, ...changes })).toEqual(expected.map((one) => expect.stringMatching(one)))
  })
})

describe('what is set in Discord’s portal', () => {
  const application = () => ({ id: sandbox.env['DISCORD_CLIENT_ID'], verify_key: 'cd'.repeat(32) })
  const endpoint = () => `${sandbox.env['PUBLIC_URL']}/interactions`
  const complaintsOver = (facts: object, changes: Record<string, string> = {}) => {
    sandbox.discord.failNext(/GET .*\/applications\/@me$/, 200, { ...application(), ...facts })
    return complaints({ ...sandbox.env, ...changes })
  }

  test('CF-181 a redirect that is not registered: the exact one is said, for both providers', async () => {
    sandbox.spotify.redirectUris = ['https://somewhere.example/callback']
    const [discord, spotify] = await complaintsOver({ redirect_uris: ['https://somewhere.example/callback'] })
    sandbox.spotify.redirectUris = []
    expect(discord).toMatch(
      /^Redirect at Discord: Add exactly http:\/\/127\.0\.0\.1:\d+\/callback\/discord under OAuth2/,
    )
    expect(spotify).toMatch(
      /^Redirect at Spotify: Add exactly http:\/\/127\.0\.0\.1:\d+\/callback\/spotify to your app/,
    )
    const registered = [`${sandbox.env['PUBLIC_URL']}/callback/discord`]
    expect(await complaintsOver({ redirect_uris: registered })).toEqual([])
  })

  test('interactions that go where nobody listens', async () => {
    const [posted] = await complaintsOver({ interactions_endpoint_url: 'https://old.example/interactions' })
    expect(posted).toMatch(/^Interactions: Discord posts them to https:\/\/old\.example.*or set DISCORD_PUBLIC_KEY/)
    const withKey = { DISCORD_PUBLIC_KEY: 'CD'.repeat(32) }
    const unset = { interactions_endpoint_url: null }
    expect(await complaintsOver(unset, { ...withKey, PUBLIC_URL: 'https://liked.invalid' })).toContainEqual(
      expect.stringMatching(
        /^Interactions: DISCORD_PUBLIC_KEY is set.*https:\/\/liked\.invalid\/interactions under Gen/,
      ),
    )
    expect(await complaintsOver(unset, withKey)).toEqual([
      expect.stringMatching(/^Interactions: .* Remove DISCORD_PUBLIC_KEY, or set PUBLIC_URL to an https address\.$/),
    ])
    expect(await complaintsOver({ interactions_endpoint_url: 'https://tunnel.example' }, withKey)).toEqual([])
    expect(await complaintsOver({ interactions_endpoint_url: endpoint() }, withKey)).toEqual([])
  })

  test('an invitation that nobody can follow', async () => {
    expect(await complaintsOver({ bot_require_code_grant: true })).toEqual([
      expect.stringMatching(/^Invitation: .*Code Grant/),
    ])
    const config = { 0: { oauth2_install_params: { scopes: ['bot'], permissions: '0' } } }
    const [lacks] = await complaintsOver({ integration_types_config: config })
    expect(lacks).toMatch(/^Invitation: The install link lacks the scope applications\.commands\./)
  })

  test('the addresses of privacy notice and terms', async () => {
    const { PUBLIC_URL: url } = sandbox.env
    const look = async (facts: object, changes: Record<string, string> = {}) => {
      sandbox.discord.failNext(/GET .*\/applications\/@me$/, 200, { ...application(), ...facts })
      return (await visit({ ...sandbox.env, ...changes })).find(({ about }) => about === 'Policies at Discord')
    }
    const entered = { privacy_policy_url: `${url}/privacy`, terms_of_service_url: `${url}/terms` }
    expect(await look(entered)).toMatchObject({ verdict: 'ok' })
    const own = 'https://liked.invalid'
    const says = `Enter ${own}/privacy as Privacy Policy URL and ${own}/terms as Terms of Service URL`
    for (const facts of [{}, { ...entered, terms_of_service_url: null }]) {
      const found = await look(facts, { PUBLIC_URL: own })
      expect(found).toMatchObject({ verdict: 'note', says: expect.stringContaining(says) })
      // Nobody else can open a loopback address.
      const local = { verdict: 'note', says: expect.stringMatching(/^There is nothing to enter: PUBLIC_URL leads to/) }
      expect(await look(facts)).toMatchObject(local)
      expect(await look(facts, { PRIVACY_URL: `${own}/privacy` })).toMatchObject(local)
    }
  })

  test('session starts that run out, and shards that have become too few', async () => {
    const limit = { total: 1000, remaining: 3, reset_after: 7_200_000, max_concurrency: 1 }
    sandbox.discord.failNext(/\/gateway\/bot$/, 200, { url: 'ws://127.0.0.1', shards: 3, session_start_limit: limit })
    const one = { url: 'ws://127.0.0.1', shards: 1, session_start_limit: { ...limit, remaining: 1, reset_after: 0 } }
    const sharded = { ...sandbox.env, DISCORD_SHARDS: '0-1/2' }
    expect(await complaints(sharded)).toEqual([
      expect.stringMatching(
        /^Gateway: Only 3 of 1000 session starts are left for the next 2 hours\. Something starts the bot again/,
      ),
      'DISCORD_SHARDS: It counts 2 shards, and Discord asks for 3 by now.',
    ])
    sandbox.discord.failNext(/\/gateway\/bot$/, 200, one)
    expect(await complaints(sandbox.env)).toEqual([
      expect.stringMatching(/^Gateway: Only 1 of 1000 session starts is left\. Something starts/),
    ])
  })

  test('Discord that breaks down over a question is not taken for a bad token', async () => {
    sandbox.discord.failNext(/GET .*\/applications\/@me$/, 503, {})
    expect(await complaints(sandbox.env)).toEqual([
      expect.stringMatching(/^DISCORD_TOKEN: Discord answered 503.*in a minute/),
    ])
    sandbox.discord.failNext(/GET .*\/gateway\/bot$/, 200, { odd: true })
    expect(await complaints(sandbox.env)).toEqual([
      expect.stringMatching(/^Gateway: Discord answered 200 without saying where its gateway is/),
    ])
  })

  test('a provider that asks to wait: until when, and nothing is said of what was not looked at', async () => {
    const { discord } = sandbox
    for (const form of ['json', 'page'] as const) {
      onTestFinished(discord.haveWait(/GET .*\/applications\/@me$/, '82721', form))
      expect(await complaints(sandbox.env)).toEqual([
        expect.stringMatching(/^Discord: 127\.0\.0\.1:\d+ asks to wait\. .* again at 20\d\d-.*Z, in 82721 s\.$/),
      ])
    }
  })

  test('a wait that makes no sense is not given a length, and a date is one', async () => {
    const { discord } = sandbox
    const end = discord.haveWait(/GET .*\/applications\/@me$/, 'soon', 'json')
    expect(await complaints(sandbox.env)).toEqual([
      expect.stringMatching(/^Discord: 127\.0\.0\.1:\d+ asks to wait\. It does not say for how long\.$/),
    ])
    end()
    const later = new Date(Date.now() + 7_200_000).toUTCString()
    onTestFinished(discord.haveWait(/GET .*\/applications\/@me$/, later, 'json'))
    expect(await complaints(sandbox.env)).toEqual([expect.stringMatching(/ in 7[12]\d\d s\.$/)])
  })

  test.each([
    [{ remaining: 1000, reset_after: 0 }, '1000 of 1000 session starts are left.'],
    [{ remaining: 999, reset_after: 3_600_001 }, '999 of 1000 session starts are left for the next 2 hours.'],
    [{ remaining: 1, reset_after: 60_000 }, 'Only 1 of 1000 session starts is left for the next hour. Something'],
  ])('session starts as a sentence: %j', async (limit, says) => {
    const { sessionStarts } = sandbox.discord
    const before = { ...sessionStarts }
    onTestFinished(() => void Object.assign(sessionStarts, before))
    Object.assign(sessionStarts, { total: 1000, ...limit })
    const found = (await visit(sandbox.env)).find(({ about }) => about === 'Gateway')
    expect(found?.says.slice(0, says.length)).toBe(says)
  })

  test('no session start is left', async () => {
    const { sessionStarts } = sandbox.discord
    const before = { ...sessionStarts }
    onTestFinished(() => void Object.assign(sessionStarts, before))
    Object.assign(sessionStarts, { remaining: 0, reset_after: 3_600_000 })
    expect(await complaints(sandbox.env)).toEqual([
      expect.stringMatching(
        /^Gateway: Only 0 of 1000 session starts are left for the next hour\. .*stop it, and look at its log/,
      ),
    ])
  })
})

test('CF-177 a clock that is off by over a minute: how far, which way, and what to do', async () => {
  const off = async (seconds: number) => {
    const begun = performance.now()
    const said = await complaints(sandbox.env, () => Date.now() + seconds * 1000)
    // A machine that is slow at asking is ahead by that, too.
    return { said, more: Math.ceil((performance.now() - begun) / 1000) }
  }
  const told = (line = '') => Number(/^Clock: This machine is (\d+) s (?:ahead|behind)\./.exec(line)?.[1])
  const ahead = await off(90)
  expect(ahead.said).toEqual([expect.stringMatching(/^Clock: This machine is \d+ s ahead\..*timedatectl/)])
  expect(told(ahead.said[0])).toBeGreaterThanOrEqual(89)
  expect(told(ahead.said[0])).toBeLessThanOrEqual(91 + ahead.more)
  const behind = await off(-3600)
  expect(behind.said).toEqual([expect.stringMatching(/^Clock: This machine is \d+ s behind\./)])
  expect(told(behind.said[0])).toBeGreaterThanOrEqual(3599 - behind.more)
  expect(told(behind.said[0])).toBeLessThanOrEqual(3601)
  expect((await off(-58)).said).toEqual([])
  // Its other edge is held below, where asking takes no time.
  expect((await off(0)).said).toEqual([])
})

test.each([
  ['a minute ahead', 60_000, 'ok'],
  ['more than a minute ahead', 60_001, 'wrong'],
  ['58 s ahead', 58_000, 'ok'],
  ['a minute behind', -60_000, 'ok'],
  ['more than a minute behind', -60_001, 'wrong'],
])('CF-177 a clock that is %s', async (_, off, verdict) => {
  const now = Date.UTC(2026, 10, 22)
  const date = new Date(now).toUTCString()
  const answers: Http = async () => ({ status: 200, headers: { date }, body: Buffer.alloc(0) })
  const check = createClockCheck(answers, () => now + off)
  await check.http('https://discord.example')
  expect(check.finding()).toMatchObject({ verdict, about: 'Clock' })
})

test('CF-165 all mistakes of the settings are said at once, and nothing is asked of anybody', async () => {
  const before = sandbox.discord.requests.length
  const said = await complaints({
    ...sandbox.env,
    PUBLIC_URL: 'https://liked.example/',
    PORT: 'abc',
    DISCORD_TOKEN: undefined,
  })
  expect(said.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'Settings: DISCORD_TOKEN',
    'Settings: PUBLIC_URL',
    'Settings: PORT',
  ])
  expect(sandbox.discord.requests.length).toBe(before)
})

test('CF-176 a variable without effect is a note', async () => {
  const findings = await visit({ ...sandbox.env, DISCORD_TOKN: 'x' })
  expect(findings).toContainEqual({ verdict: 'note', about: 'Settings', says: expect.stringMatching(/^DISCORD_TOKN /) })
})
