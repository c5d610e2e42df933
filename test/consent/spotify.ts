import { AsyncLocalStorage } from 'node:async_hooks'
import { HttpError, type Http, type HttpRequest, type HttpResponse } from '../../src/http.ts'
import { names, type Name } from './people.ts'
import { librarySize, ownerOf, songsOf } from './songs.ts'

/** What somebody does, as the reason for requests. */
export interface Cause {
  /** Its answers arrive only when they are let through. */
  readonly slow: boolean
  /** Whose tokens were used for it so far. */
  readonly asked: Name[]
}

/** Spotify within the process. Every consent is one to a new account of the person's, so that songs tell which. */
export interface Spotify {
  readonly http: Http
  /** Runs work so that its requests are known by their cause. */
  readonly during: <T>(cause: Cause, work: () => T) => T
  /** The person agrees; the code for it, which is the name of the new account. */
  agrees(name: Name): string
  /** The person takes the consent back on Spotify's own page. */
  ends(name: Name): void
  /** Whether the person's latest consent has not ended. */
  isLive(name: Name): boolean
  /** Answers 503 at once from now on, or no longer. */
  fails(really: boolean): void
  /** How many answers were a 503, or did not come. */
  readonly failures: number
  /** Lets the oldest answer through that is held up; false when there is none. */
  letThrough(): boolean
  /** Ends all requests whose answers are held up, as their deadlines do after some seconds. */
  timeOut(): void
}

/** @param refused is told of an account as soon as its end is known to the one who asked */
export function createSpotify(refused: (account: string) => void): Spotify {
  const causes = new AsyncLocalStorage<Cause>()
  const consents: Record<Name, number> = { ana: 0, ben: 0, cleo: 0 }
  const ended = new Set<string>()
  const heldUp: PromiseWithResolvers<void>[] = []
  let failing = false
  let failures = 0

  return {
    async http(url, options = {}) {
      const cause = causes.getStore()
      const account = accountIn(options)
      cause?.asked.push(ownerOf(account))
      const answer = answerFor(new URL(url), options, account)
      if (cause?.slow && answer.status !== 503) {
        const held = Promise.withResolvers<void>()
        heldUp.push(held)
        await held.promise
      }
      if (answer.status === 400) refused(account)
      return answer
    },
    during: (cause, work) => causes.run(cause, work),
    agrees: (name) => `${name}${(consents[name] += 1)}`,
    ends(name) {
      for (let number = 1; number <= consents[name]; number += 1) ended.add(`${name}${number}`)
    },
    isLive: (name) => !ended.has(`${name}${consents[name]}`),
    fails: (really) => void (failing = really),
    get failures() {
      return failures
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

  function answerFor({ pathname, searchParams }: URL, { method }: HttpRequest, account: string): HttpResponse {
    if (failing) failures += 1
    if (failing) return json(503, { error: { status: 503, message: 'Service unavailable' } })
    if (pathname === '/api/token') return ended.has(account) ? json(400, { error: 'invalid_grant' }) : tokens(account)
    if (ended.has(account)) return json(401, { error: { status: 401, message: 'The access token expired' } })
    if (pathname === '/v1/me') return json(200, { id: account, display_name: account })
    // What is saved is not put into the list: then a song would not tell whose it is.
    if (pathname === '/v1/me/library/contains') return json(200, [false])
    if (pathname === '/v1/me/library' && method === 'PUT') return json(200, '')
    if (pathname !== '/v1/me/tracks') throw new Error(`Nobody has told this Spotify about ${pathname}`)
    const offset = Number(searchParams.get('offset'))
    return json(200, { items: songsOf(account, offset, offset + 50), total: librarySize(account), offset })
  }
}

/** From a token or a code, which all end with it. */
function accountIn({ headers = {}, body }: HttpRequest): string {
  const form = new URLSearchParams(body)
  const bearer = body === undefined ? headers['authorization'] : undefined
  const account = (form.get('code') ?? form.get('refresh_token') ?? bearer ?? '').split('.').at(-1) ?? ''
  if (!names.some((name) => account.startsWith(name))) throw new Error('A request without a token of anybody')
  return account
}

function tokens(account: string): HttpResponse {
  // Every other consent covers saving.
  const scope = /[02468]$/.test(account) ? 'user-library-read user-library-modify' : 'user-library-read'
  const [access_token, refresh_token] = [`access.${account}`, `refresh.${account}`]
  return json(200, { access_token, token_type: 'Bearer', expires_in: 3600, refresh_token, scope })
}

function json(status: number, body: unknown): HttpResponse {
  return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) }
}
