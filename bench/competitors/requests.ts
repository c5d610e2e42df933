import { runConcurrently } from '../../src/concurrency.ts'
import { collect } from '../../src/roundups/collect.ts'
import { openLibrary, searchWhole } from '../library.ts'
import { atMost, exactly, figure, median, type Report } from '../report.ts'
import type { Count } from '../servers/spotify.ts'
import { orderSpotify } from '../spotify.ts'
import { input } from './measured.js'
import { wordsFilter } from '../../src/library/search.ts'

// What the library asks of Spotify, one thing after another over one store.
const delay = 60
const day = 24 * 3_600_000
// More than a day's worth of whole libraries is read here.
const { accounts, library, link, wait, close } = await openLibrary(input, { dailyRequests: 1_000_000 })

interface Step<Result> extends Count {
  readonly seconds: number
  readonly result: Result
}

process.send?.([await follow(), await refresh(), await findSongs(), await search(), await findNewSongs()])
await close()

async function step<Result>(work: () => Promise<Result>): Promise<Step<Result>> {
  await orderSpotify(input, { delay })
  const begun = performance.now()
  const result = await work()
  const seconds = (performance.now() - begun) / 1000
  return { ...(await orderSpotify(input, { delay: 0 })), seconds, result }
}

async function follow(): Promise<Report> {
  await link(input.account)
  await searchWhole(library, input.account)
  await orderSpotify(input, { change: { songs: 10_000, saves: 3, removals: [7321] } })
  wait(6)
  const { seconds, pages, result } = await step(() => searchWhole(library, input.account))
  return {
    title: '3 saves and 1 removal in 10,000 songs that were known',
    rows: [
      figure('until it is known again', seconds, 's'),
      atMost('requests', pages, 10),
      exactly('songs known', result.library, 10_002),
      exactly('songs searched', result.searched, 10_002),
    ],
  }
}

async function refresh(): Promise<Report> {
  await orderSpotify(input, { expire: true })
  const known = await accounts.get(input.account)
  // Offsets of their own, so that no two share a request.
  const offsets = Array.from({ length: 50 }, (_, index) => index * 50)
  const { result, refreshes, refused } = await step(() =>
    Promise.allSettled(
      offsets.map((offset) =>
        accounts.withToken(input.account, known, (token, api) => api.savedTracks(token, { offset, purpose: 'page' })),
      ),
    ),
  )
  const answered = result.filter(({ status }) => status === 'fulfilled').length
  return {
    title: '50 calls on an expired token, every refresh token good once',
    rows: [
      figure('requests refused before that is known', refused),
      exactly('refreshes', refreshes, 1),
      exactly('answered', answered, offsets.length),
    ],
  }
}

async function findSongs(): Promise<Report> {
  const person = 'ben-10000'
  const from = Date.now() - 4 * 365 * day
  await link(person)
  const random = await step(() => library.random(person))
  const another = await step(() => library.random(person))
  await forget(person)
  const old = await step(() => library.byDate(person, { from, to: from + day }))
  const before = await step(() => library.byDate(person, { from: from - 4 * day, to: from - 3 * day }))
  return {
    title: 'Finding in 10,000 songs',
    rows: [
      figure('random song, nothing in hand', random.pages, 'requests'),
      figure('another one', another.pages, 'requests'),
      figure('a day four years ago, nothing in hand', old.pages, 'requests'),
      figure('a few days before that', before.pages, 'requests'),
    ],
  }
}

async function search(): Promise<Report> {
  const person = 'emil-40000'
  await link(person)
  await searchWhole(library, person)
  const queries = ['love', 'a', 'the night', 'sun of a', 'e i o', 'zzzzz', '夜', 'καρδια', 'الليل', 'river blue']
  const times: number[] = []
  for (let run = 0; run < 100; run += 1) {
    const begun = performance.now()
    await library.find(person, wordsFilter(queries[run % queries.length] ?? ''), { offset: 0 })
    times.push(performance.now() - begun)
  }
  return {
    title: 'Searching 40,000 songs that are in hand, while a screen shows one picture',
    rows: [atMost('a search', times, 16, 'ms')],
  }
}

/** What 500 members have saved in a week, as a roundup asks for it. */
async function findNewSongs(): Promise<Report> {
  const members = Array.from({ length: 500 }, (_, index) => `member${index}-2000`)
  const bound = (Math.ceil(members.length / 8) * delay) / 1000
  const span = { from: Date.now() - 7 * day, until: Date.now() }
  const roundup = () => collect(library, members, span, { signal: new AbortController().signal }, async () => undefined)
  const forgetAll = () => runConcurrently(members, 16, forget)
  await runConcurrently(members, 16, link)
  const plain = await step(async () => {
    for (const member of members) await library.since(member, span.from)
  })
  const rounds: Step<Awaited<ReturnType<typeof roundup>>>[] = []
  for (let round = 0; round < 3; round += 1) {
    await forgetAll()
    rounds.push(await step(roundup))
  }
  const again = await step(roundup)
  await forgetAll()
  const twice = await step(() => Promise.all([roundup(), roundup()]))
  const seconds = rounds.map((round) => round.seconds)
  const pages = rounds.map((round) => round.pages)
  const missing = rounds.map(({ result }) => result.missing.length)
  return {
    title: `New since a week ago, ${members.length} members of 2,000 songs, a Spotify that answers after ${delay} ms`,
    rows: [
      figure('one member after the other', plain.seconds, 's'),
      figure('Hearsay', seconds, 's'),
      atMost(`of the bound, ${bound} s for eight at a time`, median(seconds) / bound, 1.15),
      exactly('requests', pages, members.length),
      exactly('members missing', missing, 0),
      figure('requests of another server of the same members', again.pages),
      figure('requests of two such servers at the same moment', twice.pages),
    ],
  }
}

async function forget(person: string): Promise<void> {
  library.deleteCached(await accounts.get(person))
}
