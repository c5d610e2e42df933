import { makeCatalog } from '../../sandbox/songs/catalog.ts'
import { makeLibrary } from '../../sandbox/songs/library.ts'
import type { FakeSpotify, SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import type { Http } from '../../src/http.ts'
import { createLibrary, type Library } from '../../src/library/library.ts'
import { startLinkFixture, type Program } from '../spotify/link-fixture.ts'
import { waitLimit } from '../world/until.ts'

/** The library over the sandbox's Spotify, with everything between them as in the program, and no Discord. */
export interface LibraryFixture extends Pick<Program, 'accounts' | 'api' | 'background'> {
  readonly spotify: FakeSpotify
  readonly library: Library
  /** Links somebody to an account, who has its id as a name from then on. */
  link(account: string): Promise<void>
  unlink(account: string): Promise<void>
  /** Requests for pages so far. */
  requestCount(): number
  /** The library's time, in milliseconds. */
  now(): number
  /** Lets minutes pass for the library. */
  wait(minutes: number): void
  close(): Promise<void>
}

interface LibraryFixtureOptions {
  /** What Spotify allows in 30 seconds, and what the operator knows of it. */
  readonly windowLimit?: number
  readonly windowRequests?: number
  /** A search waits for a reading as long as the program does, and not for as long as it takes. */
  readonly hurried?: boolean
  /** Sees every request. */
  readonly watch?: (send: Http) => Http
}

/** @param sizes of the libraries, by the id of their account */
export async function startLibraryFixture(
  sizes: Readonly<Record<string, number>>,
  { hurried = false, ...options }: LibraryFixtureOptions = {},
): Promise<LibraryFixture> {
  const accountsThere = Object.entries(sizes).map(([id, size]) => makeAccount(id, size))
  const { spotify, startProgram, connects, close } = await startLinkFixture({ accounts: accountsThere, ...options })
  const program = startProgram()
  const { accounts, api, background } = program
  let passed = 0
  const now = (): number => Date.now() + passed
  const library = createLibrary(accounts, now, hurried ? undefined : waitLimit)

  return {
    spotify,
    accounts,
    api,
    background,
    library,
    link: async (account) => void (await connects(account, program, account)),
    async unlink(account) {
      const link = await accounts.unlink(account)
      if (link) library.deleteCached(link)
    },
    requestCount: () => spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length,
    now,
    wait: (minutes) => void (passed += minutes * 60_000),
    close,
  }
}

const tastes = ['indie', 'electronic', 'french', 'japanese', 'greek', 'arabic', 'hindi']

function makeAccount(id: string, size: number): SpotifyAccount {
  const habit = { size, tastes, years: 10, minutesAgo: 5, albums: 0.3, certain: [] }
  return { id, name: id, allowed: true, library: makeLibrary(makeCatalog(), id, habit, Date.now()) }
}
