import { AsyncLocalStorage } from 'node:async_hooks'
import { createSpotify as createSandboxSpotify } from '../../sandbox/spotify/in-process.ts'
import type { SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import { HttpError, type Http, type HttpRequest } from '../../src/http.ts'
import { codeOf } from '../spotify/access-token.ts'
import type { Name } from './people.ts'
import { libraryOf, ownerOf } from './songs.ts'

/** What somebody does, as the reason for requests. */
export interface Cause {
  /** Its answers arrive only when they are let through. */
  readonly slow: boolean
  /** Whose tokens were used for it so far. */
  readonly asked: Name[]
}

/** The sandbox's Spotify. Every consent is one to a new account of the person's, so that songs tell which. */
export interface Spotify {
  readonly http: Http
  /** Runs work so that its requests are known by their cause. */
  readonly during: <T>(cause: Cause, work: () => T) => T
  /** The person agrees; the code for it, and the name of the new account. */
  agrees(name: Name): Promise<{ readonly code: string; readonly account: string }>
  /** The person takes the consent back on Spotify's own page. */
  ends(name: Name): void
  /** Whether the person's latest consent has not ended. */
  isLive(name: Name): boolean
  /** Answers 503 at once from now on, or no longer. */
  fails(really: boolean): void
  /** How many answers were a 503, or did not come. */
  readonly failures: number
  /** How much of what people do has answers that are held up. */
  readonly waiting: number
  /** Lets the oldest answer through that is held up; false when there is none. */
  letThrough(): boolean
  /** Ends all requests whose answers are held up, as their deadlines do after some seconds. */
  timeOut(): void
}

const unavailable = { status: 503, body: { error: { status: 503, message: 'Service unavailable' } } }

/** @param refused is told of an account as soon as its end is known to the one who asked */
export function createSpotify(refused: (account: string) => void): Spotify {
  const accounts: SpotifyAccount[] = []
  const spotify = createSandboxSpotify({ accounts, now: () => Date.now() })
  const causes = new AsyncLocalStorage<Cause>()
  /** By the codes and tokens that stand for them. */
  const accountBy = new Map<string, SpotifyAccount>()
  const latest: Partial<Record<Name, SpotifyAccount>> = {}
  const ended = new Set<SpotifyAccount>()
  const heldUp: (PromiseWithResolvers<void> & { readonly cause: Cause })[] = []
  let failing = false
  let failures = 0

  return {
    async http(url, options = {}) {
      const cause = causes.getStore()
      const account = accountIn(options)
      cause?.asked.push(ownerOf(account.id))
      if (failing) {
        failures += 1
        spotify.script(/./, unavailable)
      }
      const answer = await spotify.http(url, options)
      if (spotify.surprises.length > 0) throw new Error(spotify.surprises.join())
      // What is saved does not stay in the list: then a song would not tell whose it is.
      account.library = libraryOf(account.id)
      const isToken = url.endsWith('/api/token')
      if (isToken && answer.status === 200) {
        const granted = JSON.parse(answer.body.toString()) as Record<string, string>
        for (const token of [granted['access_token'], granted['refresh_token']])
          if (token) accountBy.set(token, account)
      }
      if (cause?.slow && answer.status !== 503) {
        const held = { ...Promise.withResolvers<void>(), cause }
        heldUp.push(held)
        await held.promise
      }
      if (isToken && answer.status === 400) refused(account.id)
      return answer
    },
    during: (cause, work) => causes.run(cause, work),
    async agrees(name) {
      const id = `${name}${accounts.filter((one) => ownerOf(one.id) === name).length + 1}`
      const account: SpotifyAccount = { id, name: id, library: libraryOf(id), allowed: true }
      accounts.push(account)
      latest[name] = account
      // Every other consent covers saving.
      const scope = /[02468]$/.test(id) ? 'user-library-read user-library-modify' : 'user-library-read'
      const code = await codeOf(spotify, spotify.http, id, { scope })
      accountBy.set(code, account)
      return { code, account: id }
    },
    ends(name) {
      for (const account of accounts) {
        if (ownerOf(account.id) !== name) continue
        ended.add(account)
        spotify.revoke(account.id)
        spotify.expireAccessTokens(account.id)
      }
    },
    isLive(name) {
      const account = latest[name]
      return account !== undefined && !ended.has(account)
    },
    fails: (really) => void (failing = really),
    get failures() {
      return failures
    },
    get waiting() {
      return new Set(heldUp.map(({ cause }) => cause)).size
    },
    letThrough() {
      const oldest = heldUp.shift()
      oldest?.resolve()
      return oldest !== undefined
    },
    timeOut() {
      failures += heldUp.length
      for (const { reject } of heldUp.splice(0))
        reject(Object.assign(new HttpError('no answer within 8000 ms'), { timedOut: true }))
    },
  }

  function accountIn({ headers = {}, body }: HttpRequest): SpotifyAccount {
    const form = new URLSearchParams(body)
    const bearer = headers['authorization']?.replace('Bearer ', '')
    const account = accountBy.get(form.get('code') ?? form.get('refresh_token') ?? bearer ?? '')
    if (!account) throw new Error('A request without a token of anybody')
    return account
  }
}
