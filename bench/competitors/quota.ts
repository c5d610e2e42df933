import type { Http, HttpResponse } from '../../src/http.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import { startLibraryFixture } from '../../test/library/library-fixture.ts'
import { searchWhole } from '../library.ts'
import { atMost, exactly, figure, type Report } from '../report.ts'

// The rate limiter: how near it comes to what an app may ask, and what it does while Spotify refuses.
const windowLimit = 100
const requests = 250
const delay = 0.06
const atOnce = 8
// What an ideal client needs: whole windows, and one way there and back.
const bound = Math.floor((requests - 1) / windowLimit) * 30 + delay
const retryAfter = 2

const [known, unknown] = await Promise.all([pace({ windowLimit, windowRequests: windowLimit }), pace({ windowLimit })])
const paced: Report = {
  title: '250 requests through an app that may make 100 in 30 s, answers after 60 ms',
  rows: [
    figure('limit known', known.seconds, 's'),
    figure('limit unknown', unknown.seconds, 's'),
    figure('bound', bound, 's'),
    exactly('refusals, limit known', known.refusals, 0),
    atMost('of the bound, limit known', known.seconds / bound, 1.08),
    exactly('requests answered, limit unknown', unknown.answered, requests),
    atMost('refusals for each answer of 429, limit unknown', unknown.together, 8),
  ],
}
process.send?.([paced, await readThroughRefusal()])

async function pace(limits: { readonly windowLimit: number; readonly windowRequests?: number }) {
  const { accounts, spotify, link, close } = await startLibraryFixture({ ana: 100 }, limits)
  await link('ana')
  spotify.trouble = { kind: 'slow', delay }
  const ana = await accounts.get('ana')
  const pages = Array.from({ length: requests }, (_, page) => page * 50)
  const begun = performance.now()
  await runConcurrently(pages, atOnce, (offset) =>
    patiently(() =>
      accounts.withToken('ana', ana, (token, api) => api.savedTracks(token, { offset, purpose: 'library' }), {
        background: true,
      }),
    ),
  )
  const seconds = (performance.now() - begun) / 1000
  const asked = spotify.requests.filter(({ path }) => path === '/v1/me/tracks')
  const answered = asked.filter(({ status }) => status === 200).length
  const refused = asked.filter(({ status }) => status === 429).map(({ at }) => at)
  // The most within a second: Spotify asks to wait for at least so long, and nothing goes out meanwhile.
  const together = Math.max(0, ...refused.map((from) => refused.filter((at) => at >= from && at < from + 1_000).length))
  await close()
  return { seconds, answered, refusals: refused.length, together }
}

/** As a reading does: what has to wait is asked for again. */
async function patiently(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await ask())
    } catch (error) {
      if (!(error instanceof Error && error.name === 'RateLimitedError')) throw error
    }
  }
}

/** Ten people's libraries are being read when Spotify begins to refuse for two seconds. */
async function readThroughRefusal(): Promise<Report> {
  const sizes = Object.fromEntries(Array.from({ length: 10 }, (_, number) => [`reader${number}`, 2_000]))
  const people = Object.keys(sizes)
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
  const fixture = await startLibraryFixture(sizes, { watch })
  for (const person of people) await fixture.link(person)
  fixture.spotify.trouble = { kind: 'slow', delay }
  const reading = Promise.all(people.map((person) => searchWhole(fixture.library, person)))
  await new Promise((done) => setTimeout(done, 600))
  fixture.spotify.trouble = { kind: 'rate-limited', retryAfter }
  await new Promise((done) => setTimeout(done, retryAfter * 1000 - 100))
  fixture.spotify.trouble = { kind: 'slow', delay }
  const finished = (await reading).filter(({ library }) => library === 2_000).length
  await fixture.close()
  return {
    title: `429 with Retry-After ${retryAfter} s, ${people.length} readers`,
    rows: [
      figure('refused', seen.refused, 'requests'),
      exactly('readers that finish', finished, people.length),
      exactly('requests begun while it lasts', seen.begunAfter, 0),
      atMost('refused beyond those in flight', Math.max(seen.refused - seen.inFlightThen - 1, 0), 0),
    ],
  }
}
