import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../../src/crypto.ts'
import { createTemporaryRecords } from '../../src/accounts/temporary-records.ts'
import type { Store } from '../../src/store/store.ts'
import { createLinkSessions } from '../../src/linking/session.ts'
import { expectRefusal } from './flow.ts'
import { startWebFixture, type Visitor, type WebFixture } from '../world/web-fixture.ts'

let fixture: WebFixture
let ana: Visitor
beforeEach(async () => {
  fixture = await startWebFixture()
  ana = fixture.visitor('ana')
})
afterEach(() => fixture.stop())

test('ST-41 every verifier has 43 to 128 characters, is sent once and only to the token endpoint, and fits its challenge', async () => {
  const addresses = [await ana.posts('/link')]
  await ana.sees(await ana.agrees(addresses[0] ?? expect.unreachable()))
  const token = /name="token" value="([^"]+)"/.exec((await ana.sees('/link/confirm')).text)?.[1] ?? ''
  const consent = await ana.posts('/link/confirm', { token })
  addresses.push(consent)
  const done = await ana.sees(await ana.agrees(consent))
  expect(done.headers.get('location')).toBe('/link/done')

  const verifiers = fixture.exchanges.map((form) => form.get('code_verifier') ?? '')
  expect(verifiers).toHaveLength(2)
  expect(new Set(verifiers).size).toBe(2)
  for (const [index, verifier] of verifiers.entries()) {
    expect(verifier).toMatch(/^[\w.~-]{43,128}$/)
    expect(addresses[index]?.searchParams.get('code_challenge')).toBe(
      createHash('sha256').update(verifier).digest('base64url'),
    )
    expect(addresses[index]?.searchParams.get('code_challenge_method')).toBe('S256')
    expect(addresses[index]?.href).not.toContain(verifier)
  }
})

test.each(['discord', 'spotify'] as const)(
  'ST-39 the verifier for %s is missing in the store: refused without an exchange, session gone',
  async (provider) => {
    const sessions = createLinkSessions(fixture.app)
    const person = { id: ana.id, name: 'ana', display: 'Ana' }
    const session = { stage: provider, startedAt: Date.now(), ...(provider === 'spotify' && { person }) }
    const cookie = await sessions.create(session)
    const { state } = await sessions.startRedirect(cookie, session)
    await sessions.update(cookie, { ...session, state: sha256(state) })
    ana.browser.cookies.set('hearsay', cookie)

    expectRefusal(await ana.sees(`/callback/${provider}?code=a&state=${state}`), 400)
    const again = await ana.sees(`/callback/${provider}?code=a&state=${state}`)
    if (provider === 'discord') expect(again.headers.get('location')).toBe('/link/confirm')
    expectRefusal(provider === 'discord' ? await ana.sees('/link/confirm') : again, 410)
    expect(fixture.exchanges).toHaveLength(0)
    expect(await fixture.app.accounts.find(ana.id)).toBeUndefined()
  },
)

test('ST-39 a session that was moved to another key in the store does not open', async () => {
  const state = (await ana.posts('/link')).searchParams.get('state') ?? ''
  const mine = ana.browser.cookies.get('hearsay') ?? ''
  const key = createHash('sha256').update(mine).digest('hex')
  const encrypted = (await fixture.store.get('attempts', key)) ?? ''
  expect(JSON.stringify(encrypted)).not.toContain('codeVerifier')
  const other = 'A'.repeat(43)
  await fixture.store.set('attempts', createHash('sha256').update(other).digest('hex'), encrypted)
  await fixture.store.delete('attempts', key)
  ana.browser.cookies.set('hearsay', other)
  const page = await ana.sees(`/callback/discord?code=a&state=${state}`)
  expectRefusal(page)
  expect(fixture.errors.splice(0)).toMatchObject([{ err: { name: 'DecryptionError' } }])
  expect(fixture.exchanges).toHaveLength(0)
})

test('CB-23 twenty callbacks that have all read the session before the first one spends it: one goes on', async () => {
  const { crypto } = fixture.app
  const all = Promise.withResolvers<void>()
  let reads = 0
  const store: Store = {
    ...fixture.store,
    async get(kind, key) {
      const value = await fixture.store.get(kind, key)
      reads += 1
      if (reads === 20) all.resolve()
      await all.promise
      return value
    },
  }
  const sessions = createLinkSessions({ store, crypto, temporaryRecords: createTemporaryRecords(store, crypto) })
  const session = { stage: 'discord', startedAt: Date.now() } as const
  const cookie = await sessions.create(session)
  const { state } = await sessions.startRedirect(cookie, session)
  const claims = Array.from({ length: 20 }, () => sessions.claimCallback([cookie], 'discord', state, undefined))
  const outcomes = await Promise.all(claims)
  expect(outcomes.filter(({ claimed }) => claimed)).toHaveLength(1)
  expect(new Set(outcomes.map((outcome) => outcome.cookie))).toEqual(new Set([cookie]))
})

test('the form before Spotify is sent twice: the older redirect leads on, at once', async () => {
  await ana.sees(await ana.agrees(await ana.posts('/link')))
  const token = /name="token" value="([^"]+)"/.exec((await ana.sees('/link/confirm')).text)?.[1] ?? ''
  const [older, newer] = [await ana.posts('/link/confirm', { token }), await ana.posts('/link/confirm', { token })]
  const early = await ana.sees(await ana.agrees(older))
  expect(early.headers.get('location')).toBe('/link/confirm')
  expect((await ana.sees(await ana.agrees(newer))).headers.get('location')).toBe('/link/done')
})

test('two tabs begin a linking: the older one says so, and the newer one goes on', async () => {
  const older = await ana.posts('/link')
  const newer = await ana.posts('/link')
  const page = await ana.sees(await ana.agrees(older))
  expectRefusal(page, 410)
  expect(page.text).toContain('A newer linking has begun in this browser')
  expect((await ana.sees(await ana.agrees(newer))).headers.get('location')).toBe('/link/confirm')
})
