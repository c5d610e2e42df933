import type { Http, HttpResponse } from '../../src/http.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import { startLibraryFixture, type LibraryFixture } from '../../test/library/library-fixture.ts'

const windowLimit = 100
const requests = 250
const delay = 0.06
const atOnce = 8
// What an ideal client needs: whole windows, and one way there and back.
const bound = Math.floor((requests - 1) / windowLimit) * 30 + delay
const readers = 10
const retryAfter = 2

const [known, unknown] = await Promise.all([pace(windowLimit), pace(undefined)])
process.send?.({ bound, known, unknown, ...(await readThroughRefusal()) })

export interface Run {
  readonly seconds: number
  /** How many requests were answered in the end. */
  readonly answered: number
  readonly refusals: number
  /** The most within a second: Spotify asks to wait for at least so long, and nothing goes out meanwhile. */
  readonly together: number
}

async function pace(windowRequests: number | undefined): Promise<Run> {
  const fixture = await startLibraryFixture(
    { ana: 100 },
    windowRequests ? { windowLimit, windowRequests } : { windowLimit },
  )
  await fixture.link('ana')
  fixture.spotify.trouble = { kind: 'slow', delay }
  const link = await fixture.accounts.get('ana')
  const pages = Array.from({ length: requests }, (_, page) => page * 50)
  const begun = performance.now()
  await runConcurrently(pages, atOnce, (offset) => patiently(() => askFor(fixture, link, offset)))
  const seconds = (performance.now() - begun) / 1000
  const pagesAsked = fixture.spotify.requests.filter(({ path }) => path === '/v1/me/tracks')
  const answered = pagesAsked.filter(({ status }) => status === 200).length
  const refused = pagesAsked.filter(({ status }) => status === 429).map(({ at }) => at)
  const together = Math.max(0, ...refused.map((from) => refused.filter((at) => at >= from && at < from + 1_000).length))
  await fixture.close()
  return { seconds, answered, refusals: refused.length, together }
}

async function askFor(
  { accounts }: LibraryFixture,
  link: Awaited<ReturnType<LibraryFixture['accounts']['get']>>,
  offset: number,
): Promise<void> {
  await accounts.withToken('ana', link, (token, api) => api.savedTracks(token, { offset }), { background: true })
}

/** As a reading does: what has to wait is asked for again. */
async function patiently(ask: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Error && error.name === 'RateLimitedError')) throw error
    }
  }
}

/** Ten people's libraries are being read when Spotify begins to refuse for two seconds. */
async function readThroughRefusal() {
  const people = Object.fromEntries(Array.from({ length: readers }, (_, number) => [`reader${number}`, 2_000]))
  const seen = { inFlight: 0, refusedAt: 0, inFlightThen: 0, begunAfter: 0, refused: 0 }
  const watch =
    (send: Http): Http =>
    async (url, options) => {
      seen.inFlight += 1
      if (seen.refusedAt > 0 && performance.now() < seen.refusedAt + retryAfter * 1000) seen.begunAfter += 1
      const answer: HttpResponse = await send(url, options).finally(() => (seen.inFlight -= 1))
      if (answer.status === 429) {
        seen.refused += 1
        if (seen.refusedAt === 0) Object.assign(seen, { refusedAt: performance.now(), inFlightThen: seen.inFlight })
      }
      return answer
    }
  const fixture = await startLibraryFixture(people, { watch })
  for (const person of Object.keys(people)) await fixture.link(person)
  fixture.spotify.trouble = { kind: 'slow', delay }
  const reading = Promise.all(Object.keys(people).map((person) => readWhole(fixture, person)))
  await new Promise((done) => setTimeout(done, 600))
  fixture.spotify.trouble = { kind: 'rate-limited', retryAfter }
  await new Promise((done) => setTimeout(done, retryAfter * 1000 - 100))
  fixture.spotify.trouble = { kind: 'slow', delay }
  const sizes = await reading
  await fixture.close()
  const finished = sizes.filter((size) => size === 2_000).length
  return { readers, finished, inFlight: seen.inFlightThen, refused: seen.refused, begunAfter: seen.begunAfter }
}

async function readWhole({ library }: LibraryFixture, person: string): Promise<number> {
  for (;;) {
    const answer = await library.search(person, 'a', { offset: 0 })
    if (!('done' in answer)) return answer.library
    await answer.done
  }
}
