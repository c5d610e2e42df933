import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { RefreshBusyError } from '../../src/accounts/errors.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createCrypto } from '../../src/crypto.ts'
import type { HttpResponse } from '../../src/http.ts'
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
  quick.answers('second')
  expect(await renewed).toBe('access for second')
  slow.refuses()
  expect(await asked).toBeInstanceOf(RefreshBusyError)
  expect(await fixture.stored()).toEqual({ token: 'second', endedAt: null })
})

test('RD-142 the late answer of the first overwrites nothing that the second has stored', async () => {
  const fixture = await startFixture()
  const first = fixture.process()
  const asked = first.refreshes()
  const slow = await fixture.called('first')
  await first.loses()
  const second = fixture.process()
  const renewed = second.refreshes()
  const quick = await fixture.called('first')
  quick.answers('second')
  await renewed
  slow.answers('stale')
  await asked
  expect(await fixture.stored()).toEqual({ token: 'second', endedAt: null })
})

test('RD-142 the first used the token up, the second is refused for it: the late answer brings Ana back', async () => {
  const fixture = await startFixture()
  const first = fixture.process()
  const asked = first.refreshes()
  const slow = await fixture.called('first')
  await first.loses()
  const second = fixture.process()
  const refused = second.refreshes()
  const late = await fixture.called('first')
  late.refuses()
  await refused
  expect((await fixture.stored()).endedAt).not.toBeNull()
  slow.answers('second')
  expect(await asked).toBe('access for second')
  expect(await fixture.stored()).toEqual({ token: 'second', endedAt: null })
})

test('Ana’s row is encrypted anew while she is renewed: her new token is stored all the same', async () => {
  const fixture = await startFixture()
  const asked = fixture.process().refreshes()
  const call = await fixture.called('first')
  const link = (await fixture.store.get('links', ana)) as Link
  const anew = { ...link, version: link.version + 1, refreshToken: crypto.encrypt('first', ana, 'refresh-token') }
  await fixture.store.compareAndSet('links', ana, link.version, anew)
  call.answers('second')
  expect(await asked).toBe('access for second')
  expect(await fixture.stored()).toEqual({ token: 'second', endedAt: null })
})

test('RD-132 the store is silent when Ana’s new token comes: it is not lost, and stored by the next refresh', async () => {
  const fixture = await startFixture()
  const { refreshes, store } = fixture.process()
  const { compareAndSet: replace } = store
  store.compareAndSet = () => Promise.reject(new StoreUnavailableError('silent'))
  const asked = refreshes()
  ;(await fixture.called('first')).answers('second')
  expect(await asked).toBe('access for second')
  expect(await fixture.stored()).toEqual({ token: 'first', endedAt: null })

  store.compareAndSet = replace
  const again = refreshes()
  ;(await fixture.called('second')).answers('third')
  expect(await again).toBe('access for third')
  expect(await fixture.stored()).toEqual({ token: 'third', endedAt: null })
})

interface Call {
  readonly token: string
  /** With this refresh token, and an access token that is good for so short that the next use needs another. */
  answers(next: string): void
  refuses(): void
}

async function startFixture() {
  const store = modelStore()
  const calls: Call[] = []
  const waiting: ((call: Call) => void)[] = []
  const http = (_url: string, { body = '' }: { body?: string } = {}) =>
    new Promise<HttpResponse>((resolve) => {
      const say = (status: number, said: unknown) =>
        resolve({ status, headers: {}, body: Buffer.from(JSON.stringify(said)) })
      const call: Call = {
        token: new URLSearchParams(body).get('refresh_token') ?? '',
        answers: (next) =>
          say(200, {
            access_token: `access for ${next}`.replaceAll(' ', '-'),
            token_type: 'Bearer',
            expires_in: 1,
            refresh_token: next,
          }),
        refuses: () => say(400, { error: 'invalid_grant' }),
      }
      const next = waiting.shift()
      if (next) next(call)
      else calls.push(call)
    })
  const link: Link = {
    ...{ id: 'a link', version: 1, spotifyId: 'ana-spotify', spotifyName: 'Ana', clientId: 'app', scope: [] },
    ...{ authorizedAt: Date.now(), endedAt: null, refreshToken: crypto.encrypt('first', ana, 'refresh-token') },
  }
  await store.set('links', ana, link)

  return {
    store,
    async called(token: string): Promise<Call> {
      const call = calls.shift() ?? (await new Promise<Call>((resolve) => waiting.push(resolve)))
      expect(call.token).toBe(token)
      return call
    },
    async stored() {
      const { refreshToken, endedAt } = (await store.get('links', ana)) as Link
      return { token: crypto.decrypt(refreshToken, ana, 'refresh-token'), endedAt }
    },
    process: () => startProcess(store, http),
  }
}

function startProcess(shared: Store, http: Parameters<typeof createSpotifyClients>[1]) {
  const leases: Lease[] = []
  const store: Store = {
    ...shared,
    async lease(name, ttl) {
      const lease = await shared.lease(name, ttl)
      if (lease) leases.push(lease)
      return lease
    },
  }
  const settings = { accountsUrl: 'https://a.example', apiUrl: 'https://b.example', clientId: 'app', clientSecret: 's' }
  const clients = createSpotifyClients(settings, http, store)
  const accounts = createAccounts(store, crypto, clients)
  return {
    store,
    /** The access token as a sentence, or why there is none. */
    async refreshes(): Promise<unknown> {
      const link = (await shared.get('links', ana)) as Link
      const token = accounts.withToken(ana, link, async (accessToken) => accessToken.replaceAll('-', ' '))
      return token.catch((error: unknown) => error)
    },
    /** As if it had run out. */
    loses: async () => leases.at(-1)?.release(),
  }
}
