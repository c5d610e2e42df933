import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { consentEnds } from '../../src/accounts/links.ts'
import { words } from '../../sandbox/browser.ts'
import { startWebFixture, type Visitor, type WebFixture } from '../world/web-fixture.ts'

const day = 24 * 60 * 60 * 1000
const clientId = 'c0ffee00c0ffee00c0ffee00c0ffee00'
const server = '197038439483310086'
const read = 'user-library-read'
const modify = 'user-library-modify'

describe('the six months of a consent', () => {
  test.each([
    ['2026-01-15T10:20:30.400Z', '2026-07-15T10:20:30.400Z'],
    ['2026-08-15T00:00:00Z', '2027-02-15T00:00:00Z'],
    ['2026-08-31T23:59:59Z', '2027-02-28T23:59:59Z'],
    ['2027-08-31T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['2026-03-31T12:00:00Z', '2026-09-30T12:00:00Z'],
    ['2026-12-31T12:00:00Z', '2027-06-30T12:00:00Z'],
  ])('one given at %s ends at %s', (given, end) => {
    expect(new Date(consentEnds({ authorizedAt: Date.parse(given) }))).toEqual(new Date(end))
  })
})

describe('renewing', () => {
  let fixture: WebFixture
  let ana: Visitor
  beforeEach(async () => {
    onTestFinished(() => void vi.useRealTimers())
    vi.useFakeTimers({ toFake: ['Date'] })
    fixture = await startWebFixture()
    ana = fixture.visitor('ana')
  })
  afterEach(async () => {
    await fixture.stop()
  })

  const saving = ({ spotify }: Visitor) => ({ kind: 'save', tracks: [{ id: spotify.library[0]?.song?.id }] }) as const
  const links = async (visitor: Visitor, options = {}) => {
    const done = await visitor.goesOn(await visitor.opens(options), 'done')
    expect(done.status, words(done)).toBe(200)
    return fixture.app.accounts.get(visitor.id)
  }

  test('from two weeks before the end Ana can be reminded, without a question to the store, until she renews', async () => {
    const end = consentEnds(await links(ana))
    const { accounts } = fixture.app
    expect(accounts.endsSoon(ana.id)).toBeUndefined()
    vi.setSystemTime(end - 14 * day - 1000)
    expect(accounts.endsSoon(ana.id)).toBeUndefined()
    vi.setSystemTime(end - 14 * day)
    expect(accounts.endsSoon(ana.id)).toBe(end)
    expect(accounts.endsSoon(fixture.visitor('ben').id)).toBeUndefined()
    vi.setSystemTime(end - 1)
    expect(accounts.endsSoon(ana.id)).toBe(end)
    vi.setSystemTime(end)
    expect(accounts.endsSoon(ana.id)).toBeUndefined()

    vi.setSystemTime(end - day)
    const { authorizedAt } = await links(ana)
    expect(authorizedAt).toBeGreaterThanOrEqual(end - day)
    expect(accounts.endsSoon(ana.id)).toBeUndefined()
  })

  test('an unlinked Ana is not reminded', async () => {
    const end = consentEnds(await links(ana))
    await fixture.app.accounts.unlink(ana.id)
    vi.setSystemTime(end - day)
    expect(fixture.app.accounts.endsSoon(ana.id)).toBeUndefined()
  })

  test('renewing keeps what Ana shares and what she has agreed to', async () => {
    const first = await links(ana, { task: saving(ana) })
    await fixture.app.sharing.set(ana.id, server, true)
    expect(first.scope).toEqual([read, modify])

    const confirm = await ana.goesOn(await ana.opens(), 'confirm')
    expect(words(confirm)).toContain('and add to them')
    const second = await links(ana)
    expect(second.scope).toEqual([read, modify])
    expect(second.id).not.toBe(first.id)
    expect(await fixture.app.sharing.shares(ana.id, server)).toBe(true)
  })

  test.each([
    ['account_id appears', { id: 'ana-spotify' }, { id: 'ana-spotify', account_id: 'acc' }, true],
    ['account_id vanishes', { id: 'ana-spotify', account_id: 'acc' }, { id: 'ana-spotify' }, true],
    ['only the user name changes', { id: 'ana', account_id: 'acc' }, { id: 'ana-neu', account_id: 'acc' }, true],
    [
      'it is another account',
      { id: 'ana-spotify', account_id: 'acc' },
      { id: 'ben-spotify', account_id: 'bcc' },
      false,
    ],
    ['it is another one, and neither has an account_id', { id: 'ana-spotify' }, { id: 'ben-spotify' }, false],
    [
      'somebody else has taken the user name',
      { id: 'ana', account_id: 'acc' },
      { id: 'ana', account_id: 'bcc' },
      false,
    ],
  ])('linking again where %s', async (_, first, second, isKept) => {
    const { app, spotify } = fixture
    spotify.script(/GET \/v1\/me$/, { body: { ...first, display_name: 'Ana' } })
    await links(ana)
    await app.sharing.share(ana.id, server)
    await app.roundups.join(ana.id, server)
    spotify.script(/GET \/v1\/me$/, { body: { ...second, display_name: 'Ana' } })
    await links(ana)
    const kept = [await app.sharing.shares(ana.id, server), await app.roundups.takesPart(ana.id, server)]
    expect(kept).toEqual([isKept, isKept])
  })

  test('a link of an earlier release, whose id was the account_id, is renewed with what it shares', async () => {
    const { app, store } = fixture
    const { accountId = '', ...link } = await links(ana)
    await store.set('links', ana.id, { ...link, spotifyId: accountId })
    await app.sharing.share(ana.id, server)
    await links(ana)
    expect(await app.sharing.shares(ana.id, server)).toBe(true)
  })

  test.each([0, 5, 15])(
    'once Spotify has ended it, %i minutes ago, sharing and roundups are asked for anew',
    async (minutes) => {
      const { app, spotify } = fixture
      await links(ana)
      await app.sharing.share(ana.id, server)
      await app.roundups.join(ana.id, server)
      spotify.revoke(ana.spotify.id)
      spotify.expireAccessTokens()
      const link = await app.accounts.get(ana.id)
      const asks = app.accounts.withToken(ana.id, link, (token, api) => api.me(token))
      await expect(asks).rejects.toMatchObject({ name: 'ConsentEndedError' })
      vi.setSystemTime(Date.now() + minutes * 60_000)
      await links(ana)
      expect([await app.sharing.servers(ana.id), await app.roundups.servers(ana.id)]).toEqual([[], []])
    },
  )

  test('somebody who never saved is asked for reading alone, also the second time', async () => {
    await links(ana)
    const confirm = await ana.goesOn(await ana.opens(), 'confirm')
    expect(words(confirm)).toContain('Nothing else, unless you press Save or Make a playlist.')
    const consent = await ana.browser.goOn(confirm)
    expect(new URL(consent.url).searchParams.get('scope')).toBe(read)
  })

  test('a consent that has just ended is still renewed with all that belonged to it', async () => {
    fixture.spotify.publicClients.push(clientId)
    const gus = fixture.visitor('gus')
    const track = ana.spotify.library[0]?.song?.id
    await links(gus, { clientId, task: { kind: 'save', tracks: [{ id: track }] } })
    fixture.spotify.revoke(gus.spotify.id)
    fixture.spotify.expireAccessTokens()
    const link = await fixture.app.accounts.get(gus.id)
    const asks = fixture.app.accounts.withToken(gus.id, link, (token, api) => api.me(token))
    await expect(asks).rejects.toMatchObject({ name: 'ConsentEndedError' })
    expect(await fixture.app.accounts.find(gus.id)).toBeUndefined()
    const ownClientId = await fixture.app.accounts.ownClientId(gus.id)
    expect(ownClientId).toBe(clientId)
    expect(await links(gus, { clientId: ownClientId })).toMatchObject({ clientId, ownApp: true, scope: [read, modify] })
  })

  test('where Spotify does not say what it granted, it is what was asked for', async () => {
    const answer = { access_token: 'BQsilent', token_type: 'Bearer', refresh_token: 'AQsilent' }
    fixture.spotify.script(/POST \/api\/token/, { body: answer })
    fixture.spotify.script(/GET \/v1\/me$/, { body: { id: 'ana-spotify', display_name: 'Ana' } })
    fixture.spotify.script(/\/v1\/me\/library/, { body: [true] })
    expect((await links(ana, { task: saving(ana) })).scope).toEqual([read, modify])
  })

  test('the export names everything and shows no secret', async () => {
    expect(await fixture.app.accounts.exportData(ana.id)).toBeUndefined()
    const link = await links(ana)
    const exported = await fixture.app.accounts.exportData(ana.id)
    expect(exported).toMatchObject({
      link: { spotifyName: 'Ana', refreshToken: 'present', authorizedAt: new Date(link.authorizedAt).toISOString() },
      lastTenMinutes: { refreshWorked: false, refreshRefused: false },
      unlinkedAt: null,
    })
    expect(Object.keys(exported?.['link'] ?? {}).toSorted()).toEqual(Object.keys(link).toSorted())
    expect(JSON.stringify(exported)).not.toContain(link.refreshToken)

    fixture.spotify.expireAccessTokens()
    await fixture.app.accounts.withToken(ana.id, link, (token, api) => api.me(token))
    expect(await fixture.app.accounts.exportData(ana.id)).toMatchObject({ lastTenMinutes: { refreshWorked: true } })
    await fixture.app.accounts.unlink(ana.id)
    const left = await fixture.app.accounts.exportData(ana.id)
    const unlinkedAt = expect.stringMatching(/^20\d\d-\d\d-\d\dT/)
    const lastTenMinutes = { refreshWorked: false, refreshRefused: false }
    expect(left).toEqual({ link: null, lastTenMinutes, unlinkedAt, forAWhile: [] })
    vi.setSystemTime(Date.now() + 11 * 60 * 1000 + 1000)
    expect(await fixture.app.accounts.exportData(ana.id)).toBeUndefined()
  })
})
