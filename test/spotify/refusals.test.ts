import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../../src/store/store.ts'
import { freePort } from '../../sandbox/free-port.ts'
import { asked, startLinkFixture, told, type LinkFixture } from './link-fixture.ts'
import { stopTime } from './frozen-clock.ts'

const invalidGrant = { status: 400, body: { error: 'invalid_grant', error_description: 'Refresh token revoked' } }

let fixture: LinkFixture
beforeAll(async () => (fixture = await startLinkFixture()))
afterAll(() => fixture.close())

const refreshes = (): number => fixture.spotify.requests.filter(({ path }) => path === '/api/token').length

test('TK-79 a code that is refused links nobody; a refused refresh token ends that link at once, and is not tried again', async () => {
  const newcomer = fixture.stranger()
  fixture.spotify.script(asked, invalidGrant)
  expect(await told(fixture.connects(newcomer))).toMatch(/^Spotify did not accept this sign-in/)

  const member = await fixture.member()
  const program = fixture.startProgram()
  fixture.spotify.script(asked, invalidGrant)
  const before = refreshes()
  expect(await told(program.shows(member))).toContain('`/link`')
  expect(await program.accounts.find(member)).toBeUndefined()
  expect(await told(program.shows(member))).toMatch(/^Your Spotify connection has ended/)
  expect(await told(fixture.startProgram().shows(member))).toContain('`/link`')
  expect(refreshes() - before).toBe(1)
  await fixture.connects(member)
  expect((await fixture.startProgram().shows(member)).songs).toHaveLength(42)
})

describe('TK-82 a 429 of the token endpoint', () => {
  test.each([
    ['that names 7 seconds', { 'Retry-After': '7' }, 7],
    ['that names most of a day', { 'Retry-After': '79892' }, 79_892],
    ['that names a fraction', { 'Retry-After': '3600.5' }, 3601],
    ['that names a date', { 'Retry-After': 'Sat, 01 Jan 2050 00:00:00 GMT' }, 2 * 24 * 3600],
    ['without Retry-After', {}, 30],
    ['with a Retry-After of words', { 'Retry-After': 'soon' }, 30],
    ['with a Retry-After below zero', { 'Retry-After': '-5' }, 30],
    ['with a Retry-After of a million years', { 'Retry-After': '9'.repeat(15) }, 2 * 24 * 3600],
  ])('%s is waited out without asking again', async (_, headers, seconds) => {
    const limited = await startLinkFixture()
    const member = await limited.member()
    limited.spotify.script(asked, { status: 429, headers, body: 'Too many requests' })
    const program = limited.startProgram()
    const goOn = stopTime()
    const sentence = await told(program.shows(member))
    const until = Number(/<t:(\d+):R>/.exec(sentence)?.[1])
    expect(Math.abs(until - (Date.now() / 1000 + seconds))).toBeLessThan(1)
    const before = limited.spotify.requests.length
    expect(await told(program.shows(member))).toBe(sentence)
    expect(await told(limited.connects(limited.stranger()))).toBe(sentence)
    expect(limited.spotify.requests.length).toBe(before)
    expect(await program.accounts.find(member)).toBeDefined()
    goOn()
    await limited.close()
  })
})

test('TK-84 a redirect is not followed, and nothing of a token goes there', async () => {
  const elsewhere = createServer((_request, response) => response.end('{}'))
  const address = await listen(elsewhere)
  let visits = 0
  elsewhere.on('request', () => (visits += 1))
  const member = await fixture.member()
  for (const status of [301, 302, 303, 307, 308]) {
    fixture.spotify.script(asked, { status, headers: { Location: address }, body: { error: 'invalid_grant' } })
    expect(await told(fixture.startProgram().shows(member))).toMatch(/^Spotify isn't working/)
  }
  fixture.spotify.script(asked, { status: 302, headers: { Location: address } })
  expect(await told(fixture.connects(fixture.stranger()))).toMatch(/^Spotify isn't working/)
  fixture.spotify.script(
    /GET \/v1\/me\/tracks$/,
    { status: 302, headers: { Location: address } },
    { status: 307, headers: { Location: address } },
  )
  expect(await told(fixture.startProgram().shows(member))).toMatch(/^Spotify isn't working/)
  expect(visits).toBe(0)
  expect((await fixture.startProgram().shows(member)).songs).toHaveLength(42)
  elsewhere.close()
})

describe('no answer at all links nobody and unlinks nobody', () => {
  const servers: [string, string, (server: Server) => void][] = [
    ['TK-85 a TLS handshake that fails', 'https', () => undefined],
    [
      'TK-86 a connection cut before the request is read',
      'http',
      (server) => server.on('connection', (socket) => socket.resetAndDestroy()),
    ],
    ['TK-86 nobody listens', 'http', (server) => server.close()],
  ]
  test.each(servers)('%s', async (_, scheme, spoil) => {
    const server = createServer()
    const address = (await listen(server)).replace('http:', `${scheme}:`)
    spoil(server)
    const [newcomer, member] = [fixture.stranger(), await fixture.member()]
    expect(await told(fixture.connects(newcomer, fixture.startProgram(address)))).toMatch(/^Spotify isn't working/)
    expect(await fixture.store.get('links', newcomer)).toBeUndefined()
    expect(await told(fixture.startProgram(address).shows(member))).toMatch(/^Spotify isn't working/)
    expect((await fixture.startProgram().shows(member)).songs).toHaveLength(42)
    server.close()
  })
})

describe('TK-87 invalid_grant for ten people at once unlinks nobody', () => {
  const ways: [string, (crowd: LinkFixture, people: readonly string[]) => Promise<unknown>][] = [
    ['together', (crowd, people) => everybody(people, crowd.startProgram().shows)],
    [
      'each in a process of its own',
      (crowd, people) => everybody(people, (person) => crowd.startProgram().shows(person)),
    ],
    [
      'one after another',
      async (crowd, people) => {
        const { shows } = crowd.startProgram()
        for (const person of people) await told(shows(person))
      },
    ],
  ]
  test.each(ways)('%s', async (_, come) => {
    const crowd = await startLinkFixture()
    const people = await Promise.all(Array.from({ length: 10 }, crowd.member))
    crowd.spotify.script(asked, ...people.map(() => invalidGrant))
    await come(crowd, people)
    const { accounts } = crowd.startProgram()
    for (const person of people) expect(await accounts.find(person)).toMatchObject({ endedAt: null })
    await crowd.close()
  })

  test('while it lasts a process asks no more, says so, and nobody is sent to `/link`', async () => {
    const crowd = await startLinkFixture()
    const people = await Promise.all(Array.from({ length: 10 }, crowd.member))
    crowd.spotify.script(asked, ...people.map(() => invalidGrant))
    const program = crowd.startProgram()
    await everybody(people, program.shows)
    const before = crowd.spotify.requests.length
    for (const sentence of await everybody(people, program.shows))
      expect(sentence).toMatch(/You stay linked; please try again/)
    expect(crowd.spotify.requests.length).toBe(before)
    await crowd.close()
  })
})

describe('TK-88 a stored token that does not open', () => {
  test.each([
    ['of an unknown key', (encrypted: string) => encrypted.replace('.k1.', '.k9.')],
    ['altered', (encrypted: string) => `${encrypted.slice(0, -4)}AAAA`],
    ['cut short', (encrypted: string) => encrypted.slice(0, 20)],
    ['of another format', () => 'v2.k1.AAAA.BBBB'],
    ['empty', () => ''],
  ])('%s: the person is told, stays linked, and Spotify is not asked', async (_, spoil) => {
    const member = await fixture.member()
    const link = (await fixture.store.get('links', member)) as { readonly [key: string]: Json; refreshToken: string }
    await fixture.store.set('links', member, { ...link, refreshToken: spoil(link.refreshToken) })
    const before = refreshes()
    const program = fixture.startProgram()
    expect(await told(program.shows(member))).toMatch(/^I can't open what I stored about your connection\./)
    expect(await program.accounts.find(member)).toBeDefined()
    expect(refreshes()).toBe(before)
    await fixture.store.set('links', member, link)
    expect((await fixture.startProgram().shows(member)).songs).toHaveLength(42)
  })

  test("somebody else's: it opens for nobody but its owner", async () => {
    const [one, other] = [await fixture.member(), await fixture.member()]
    const link = (await fixture.store.get('links', one)) as { readonly [key: string]: Json }
    await fixture.store.set('links', other, link)
    expect(await told(fixture.startProgram().shows(other))).toMatch(/^I can't open/)
  })
})

function everybody(people: readonly string[], come: (person: string) => Promise<unknown>): Promise<string[]> {
  return Promise.all(people.map((person) => told(come(person))))
}

async function listen(server: Server): Promise<string> {
  // Where it is closed again, nobody else of ours takes its port.
  const port = await freePort()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${port}`
}
