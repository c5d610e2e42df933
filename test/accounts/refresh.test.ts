import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { expect, test } from 'vitest'
import { createSpotify, type SpotifyInProcess } from '../../sandbox/spotify/in-process.ts'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { RefreshBusyError } from '../../src/accounts/errors.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createCrypto } from '../../src/crypto.ts'
import type { Http, HttpResponse } from '../../src/http.ts'
import { StoreUnavailableError, type Lease, type Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'

const ana = '175928847299117063'
const key = { id: 'k1', key: Buffer.alloc(32, 1) }
const crypto = createCrypto(key, [key])

test('RD-142 Ana’s lease ends mid-refresh, another process renews: the late refusal of the first ends nothing', async () => {
  const fixture = await startFixture()
  const first = fixture.process()
  const asked = first.refreshes()
  const slow = await fixture.called('first')
  await first.loses()
  const second = fixture.process()
  const renewed = second.refreshes()
  const quick = await fixture.called('first')
  const { access_token: access, refresh_token: token } = await quick.answered()
  expect(await renewed).toBe(access)
  expect(await slow.answered()).toMatchObject({ error: 'invalid_grant' })
  expect(await asked).toBeInstanceOf(RefreshBusyError)
  expect(await fixture.stored()).toEqual({ token, endedAt: null })
})

test('RD-142 the late answer of the first overwrites nothing that the second has stored', async () => {
  const fixture = await startFixture()
  fixture.spotify.rotation = 'lenient'
  const first = fixture.process()
  const asked = first.refreshes()
  const slow = await fixture.called('first')
  await slow.worked()
  await first.loses()
  const second = fixture.process()
  const renewed = second.refreshes()
  const quick = await fixture.called('first')
  const { refresh_token: token } = await quick.answered()
  await renewed
  expect(await slow.answered()).not.toMatchObject({ refresh_token: token })
  await asked
  expect(await fixture.stored()).toEqual({ token, endedAt: null })
})

test('RD-142 the first used the token up, the second is refused for it: the late answer brings Ana back', async () => {
  const fixture = await startFixture()
  const first = fixture.process()
  const asked = first.refreshes()
  const slow = await fixture.called('first')
  await slow.worked()
  await first.loses()
  const second = fixture.process()
  const refused = second.refreshes()
  const late = await fixture.called('first')
  expect(await late.answered()).toMatchObject({ error: 'invalid_grant' })
  await refused
  expect((await fixture.stored()).endedAt).not.toBeNull()
  const { access_token: access, refresh_token: token } = await slow.answered()
  expect(await asked).toBe(access)
  expect(await fixture.stored()).toEqual({ token, endedAt: null })
})

test('Ana’s row is encrypted anew while she is renewed: her new token is stored all the same', async () => {
  const fixture = await startFixture()
  const asked = fixture.process().refreshes()
  const call = await fixture.called('first')
  const link = (await fixture.store.get('links', ana)) as Link
  const anew = { ...link, version: link.version + 1, refreshToken: crypto.encrypt('first', ana, 'refresh-token') }
  await fixture.store.compareAndSet('links', ana, link.version, anew)
  const { access_token: access, refresh_token: token } = await call.answered()
  expect(await asked).toBe(access)
  expect(await fixture.stored()).toEqual({ token, endedAt: null })
})

test('RD-132 the store is silent when Ana’s new token comes: it is not lost, and stored by the next refresh', async () => {
  const fixture = await startFixture()
  const { refreshes, store } = fixture.process()
  const { compareAndSet: replace } = store
  store.compareAndSet = () => Promise.reject(new StoreUnavailableError('silent'))
  const asked = refreshes()
  const second = await (await fixture.called('first')).answered()
  expect(await asked).toBe(second.access_token)
  expect(await fixture.stored()).toEqual({ token: 'first', endedAt: null })

  store.compareAndSet = replace
  const again = refreshes()
  const third = await (await fixture.called(second.refresh_token)).answered()
  expect(await again).toBe(third.access_token)
  expect(await fixture.stored()).toEqual({ token: third.refresh_token, endedAt: null })
})

interface Answer {
  readonly access_token: string
  readonly refresh_token: string
}

interface Call {
  readonly token: string
  /** Spotify does its work; its answer is on its way from then on. */
  worked(): Promise<Answer>
  /** The answer of its work arrives. */
  answered(): Promise<Answer>
}

/** A store and the sandbox's Spotify, whose token endpoint works and answers when the test says so. */
async function startFixture() {
  const store = modelStore()
  const account = { id: 'ana-spotify', name: 'Ana', library: [], allowed: true }
  // So short that the next use needs another.
  const spotify = createSpotify({ accounts: [account], accessLifetime: 1 })
  spotify.rotation = true
  const { clientId } = spotify.credentials
  const authorizedAt = Date.now()
  spotify.adopt([{ refreshToken: 'first', accountId: account.id, clientId, scopes: [], consentAt: authorizedAt }])
  const calls: Call[] = []
  const waiting: ((call: Call) => void)[] = []
  const http: Http = (url, request = {}) =>
    new Promise<HttpResponse>((resolve) => {
      let work: Promise<HttpResponse> | undefined
      const works = (): Promise<HttpResponse> => (work ??= spotify.http(url, request))
      const told = ({ body }: HttpResponse): Answer => JSON.parse(body.toString()) as Answer
      const call: Call = {
        token: new URLSearchParams(request.body).get('refresh_token') ?? '',
        worked: async () => told(await works()),
        async answered() {
          const answer = await works()
          resolve(answer)
          return told(answer)
        },
      }
      const next = waiting.shift()
      if (next) next(call)
      else calls.push(call)
    })
  const link: Link = {
    ...{ id: 'a link', version: 1, spotifyId: 'ana-spotify', spotifyName: 'Ana', clientId, scope: [] },
    ...{ authorizedAt, endedAt: null, refreshToken: crypto.encrypt('first', ana, 'refresh-token') },
  }
  await store.set('links', ana, link)

  return {
    store,
    spotify,
    async called(token: string): Promise<Call> {
      const call = calls.shift() ?? (await new Promise<Call>((resolve) => waiting.push(resolve)))
      expect(call.token).toBe(token)
      return call
    },
    async stored() {
      const { refreshToken, endedAt } = (await store.get('links', ana)) as Link
      return { token: crypto.decrypt(refreshToken, ana, 'refresh-token'), endedAt }
    },
    process: () => startProcess(store, spotify, http),
  }
}

function startProcess(shared: Store, spotify: SpotifyInProcess, http: Http) {
  const leases: Lease[] = []
  const store: Store = {
    ...shared,
    async lease(name, ttl) {
      const lease = await shared.lease(name, ttl)
      if (lease) leases.push(lease)
      return lease
    },
  }
  const settings = { accountsUrl: spotify.accountsUrl, apiUrl: spotify.apiUrl, ...spotify.credentials }
  const clients = createSpotifyClients(settings, http, store)
  const accounts = createAccounts(store, crypto, clients)
  return {
    store,
    /** The access token, or why there is none. */
    async refreshes(): Promise<unknown> {
      const link = (await shared.get('links', ana)) as Link
      const token = accounts.withToken(ana, link, async (accessToken) => accessToken)
      return token.catch((error: unknown) => error)
    },
    /** As if it had run out. */
    loses: async () => leases.at(-1)?.release(),
  }
}
