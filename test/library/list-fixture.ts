import { createSpotify } from '../../sandbox/spotify/in-process.ts'
import type { Saved, SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import type { Accounts } from '../../src/accounts/accounts.ts'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import type { Link } from '../../src/accounts/links.ts'
import type { Http } from '../../src/http.ts'
import { noMetrics } from '../../src/metrics.ts'
import { createSpotifyApi } from '../../src/spotify/client.ts'
import type { SavedPage, Song } from '../../src/spotify/parse.ts'
import type { RateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { createSpotifySend } from '../../src/spotify/response.ts'
import { accessTokenOf } from '../spotify/access-token.ts'

/** Somebody's list at the sandbox's Spotify, and the accounts through which it is requested. */
export interface ListFixture {
  /** Newest first; tests change it. */
  songs: Song[]
  /** Offsets of all requests so far. */
  readonly asked: number[]
  /** Requests under way, and the most that were at once. */
  readonly busy: { now: number; most: number }
  /** Called at every request before it is answered; what it throws is what comes instead, as if from the limiter. */
  beforeAnswer: (request: number, offset: number) => void | Promise<void>
  linked: boolean
  readonly accounts: Pick<Accounts, 'get' | 'withToken'>
  answer(offset: number): Promise<SavedPage>
}

const link: Link = {
  id: 'a-link',
  version: 1,
  spotifyId: 'ana-spotify',
  spotifyName: 'Ana',
  clientId: 'an-app',
  scope: ['user-library-read'],
  authorizedAt: 0,
  refreshToken: 'encrypted',
  endedAt: null,
}

/** Where no whole library is in memory. */
export const noIndexes = {
  open: () => Promise.reject(new Error('No index is kept')),
  upToDate: () => undefined,
  frontCheck: () => () => Promise.resolve(),
  delete: () => undefined,
}

/** Everybody is linked to the one list. There is no network in between, and no rate limiter unless one is given. */
export function createListFixture(songs: Song[], limiter = noLimiter): ListFixture {
  const account: SpotifyAccount = { id: 'ana-spotify', name: 'Ana', library: [], allowed: true }
  // Its time stands still, so that access tokens stay good.
  const spotify = createSpotify({ accounts: [account], now: () => 0 })
  let token: Promise<string> | undefined
  const tokenOf = () => (token ??= accessTokenOf(spotify, spotify.http, account.id))

  const http: Http = async (url, request) => {
    const offset = Number(new URL(url).searchParams.get('offset'))
    list.asked.push(offset)
    list.busy.now += 1
    list.busy.most = Math.max(list.busy.most, list.busy.now)
    try {
      await list.beforeAnswer(list.asked.length, offset)
      account.library = libraryAround(list.songs, offset)
      return await spotify.http(url, request)
    } finally {
      list.busy.now -= 1
    }
  }
  const send = createSpotifySend(http, noMetrics)
  const api = createSpotifyApi(spotify.apiUrl, send, limiter, false)
  const background = createSpotifyApi(spotify.apiUrl, send, limiter, true)
  const list: ListFixture = {
    songs,
    asked: [],
    busy: { now: 0, most: 0 },
    beforeAnswer: () => undefined,
    linked: true,
    answer: async (offset) => api.savedTracks(await tokenOf(), { offset, purpose: 'page' }),
    accounts: {
      async get(person) {
        if (!list.linked) throw new NotLinkedError()
        return { ...link, id: `link-of-${person}` }
      },
      withToken: async (_person, _link, work, how) => work(await tokenOf(), how?.background ? background : api),
    },
  }
  return list
}

const never = new AbortController().signal
const noLimiter: Pick<RateLimiter, 'run' | 'startReading'> = {
  async run({ work, signal = never }) {
    signal.throwIfAborted()
    return work(signal)
  },
  startReading: () => ({
    plan: async () => undefined,
    run: (request) => request(() => undefined),
    end: () => undefined,
  }),
}

/** A library of the sandbox's, of which only the page there is made. */
function libraryAround(songs: readonly Song[], offset: number): Saved[] {
  const library: Saved[] = []
  library.length = songs.length
  songs.slice(offset, offset + 50).forEach((song, index) => (library[offset + index] = savedOf(song)))
  return library
}

const saved = new WeakMap<Song, Saved>()

/** What Spotify has to know to tell of such a song. */
function savedOf(song: Song): Saved {
  const known = saved.get(song)
  if (known) return known
  const { uri, title, artists, album, addedAt = 0, cover = '', explicit = false } = song
  const [, file = ''] = /([^/]*)\.svg/.exec(cover) ?? []
  const told = { id: uri.slice(-22), title, artists, album, cover: file, durationMs: 200_000, explicit }
  const made: Saved = { song: uri.startsWith('missing:') ? null : told, addedAt }
  saved.set(song, made)
  return made
}

const second = 1000
const oldest = Date.UTC(2012, 0)

const plain = new Map<number, Song>()
/** Kept: properties have the same small lists thousands of times. */
const mostPlain = 2000

/** A made-up song, the same for the same number; higher numbers were liked later, an hour apart. */
export function songOf(number: number, changes: Partial<Song> = {}): Song {
  return { ...plainSong(number), ...changes }
}

/** That many songs, newest first; the oldest carries the number 1. */
export function songsOf(count: number): Song[] {
  return Array.from({ length: count }, (_, index) => plainSong(count - index))
}

function plainSong(number: number): Song {
  const known = plain.get(number)
  if (known) return known
  const id = `${'0'.repeat(16)}${number}`.slice(-6).padStart(22, 'x')
  const song: Song = {
    uri: `spotify:track:${id}`,
    title: `Song ${number}`,
    artists: [`Artist ${number % 97}`],
    album: `Album ${Math.floor(number / 8)}`,
    addedAt: oldest + number * 3600 * second,
    url: `https://open.spotify.com/track/${id}`,
    cover: `https://spotify.test/covers/${Math.floor(number / 8)}.svg?size=300`,
    explicit: false,
  }
  if (number <= mostPlain) plain.set(number, song)
  return song
}
