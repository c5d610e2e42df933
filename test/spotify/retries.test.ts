import { expect, test } from 'vitest'
import { HttpError, type Http, type HttpResponse } from '../../src/http.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { stopTime } from '../world/stopped-time.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const page = { status: 200, body: { items: [], limit: 50, total: 0 } }
const failed = { status: 500, body: {} }
const tooMany = (seconds: number) => ({ status: 429, body: {}, headers: { 'retry-after': String(seconds) } })

type Answer = HttpError | { status: number; body: object; headers?: Record<string, string> }

/** The Web API of an app, whose requests are answered as told, the last answer again and again. */
function setUp(...answers: readonly Answer[]) {
  const { pass: tick } = stopTime()
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) await tick(1000)
  }
  let requests = 0
  const http: Http = async (): Promise<HttpResponse> => {
    const answer = answers[Math.min((requests += 1), answers.length) - 1]
    if (!answer || answer instanceof HttpError) throw answer ?? new Error('No answer')
    return { status: answer.status, headers: answer.headers ?? {}, body: Buffer.from(JSON.stringify(answer.body)) }
  }
  const settings = { accountsUrl: 'https://a.example', apiUrl: 'https://b.example', clientId: 'a', clientSecret: 's' }
  const { operator } = createSpotifyClients(settings, http, storeOf(memoryOfOne()))
  const waits: number[] = []
  const begun = Date.now()
  const read = async (background: boolean, signal?: AbortSignal) => {
    const options = {
      offset: 0,
      purpose: 'page',
      signal,
      waits: (until: number) => waits.push(Math.round((until - begun) / 1000)),
    } as const
    const result = operator[background ? 'background' : 'api'].savedTracks('token', options)
    return result.then(
      () => 'answered',
      (error: Error) => error.name,
    )
  }
  return { read, pass, waits, requests: () => requests }
}

const timedOut = Object.assign(new HttpError('GET https://b.example: no answer'), { timedOut: true })

test.each<[string, boolean, readonly Answer[], string, number]>([
  [
    'not in the background after a failure: who began it knows what else has failed',
    true,
    [failed, page],
    'SpotifyDownError',
    1,
  ],
  ['not after a time-out', true, [timedOut, page], 'SpotifyDownError', 1],
  ['for a person once after a failure', false, [failed, page], 'answered', 2],
  ['for a person once after a wait of a second', false, [tooMany(1), page], 'answered', 2],
  ['for a person no more than once in all', false, [failed, tooMany(1), page], 'RateLimitedError', 2],
  ['for a person not after a wait of a minute', false, [tooMany(60), page], 'RateLimitedError', 1],
])('a request is made again %s', async (_, background, answers, result, requests) => {
  const { read, pass, requests: made } = setUp(...answers)
  const reading = read(background)
  await pass(70)
  expect(await reading).toBe(result)
  expect(made()).toBe(requests)
})

test.each([30, 90, 119])('background work keeps a wait of %i seconds and tells of it', async (seconds) => {
  const { read, pass, waits, requests } = setUp(tooMany(seconds), page)
  const reading = read(true)
  await pass(seconds - 1)
  expect(requests()).toBe(1)
  expect(new Set(waits)).toEqual(new Set([seconds]))
  await pass(2)
  expect(await reading).toBe('answered')
  expect(requests()).toBe(2)
})

test('background work waits no longer than two minutes, five times at most, and stops when it is cancelled', async () => {
  const long = setUp(tooMany(121))
  expect(await long.read(true)).toBe('RateLimitedError')
  const often = setUp(tooMany(10))
  const reading = often.read(true)
  await often.pass(100)
  expect([await reading, often.requests()]).toEqual(['RateLimitedError', 6])
  const cancelled = setUp(tooMany(100))
  const gone = new AbortController()
  const leaving = cancelled.read(true, gone.signal)
  await cancelled.pass(50)
  gone.abort(Object.assign(new Error(), { name: 'Unlinked' }))
  expect([await leaving, cancelled.requests()]).toEqual(['Unlinked', 1])
})
