import type { Accounts } from '../../src/accounts/accounts.ts'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import type { Link } from '../../src/accounts/links.ts'
import { withRetries, type SpotifyApi } from '../../src/spotify/client.ts'
import type { SavedPage, Song } from '../../src/spotify/parse.ts'

/** Somebody's list as Spotify has it, and the accounts through which it is requested. */
export interface ListFixture {
  /** Newest first; tests change it. */
  songs: Song[]
  /** Offsets of all requests so far. */
  readonly asked: number[]
  /** Requests under way, and the most that were at once. */
  readonly busy: { now: number; most: number }
  /** Called at every request before it is answered; what it throws is the answer. */
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
export const noIndexes = { upToDate: () => undefined, checkFront: () => undefined }

/** A Spotify without a network in between: everybody is linked to the one list. */
export function createListFixture(songs: Song[]): ListFixture {
  const answer = async (offset: number): Promise<SavedPage> => {
    list.asked.push(offset)
    list.busy.now += 1
    list.busy.most = Math.max(list.busy.most, list.busy.now)
    try {
      await list.beforeAnswer(list.asked.length, offset)
      return { songs: list.songs.slice(offset, offset + 50), total: list.songs.length, offset }
    } finally {
      list.busy.now -= 1
    }
  }
  const get = async (person: string): Promise<Link> => {
    if (!list.linked) throw new NotLinkedError()
    return { ...link, id: `link-of-${person}` }
  }
  const never = async () => fail()
  const api: SpotifyApi = {
    me: never,
    contains: never,
    save: never,
    async savedTracks(_token, { offset, signal }) {
      signal?.throwIfAborted()
      return answer(offset)
    },
  }
  const background: SpotifyApi = {
    ...api,
    savedTracks: (token, { offset, ...how }) =>
      withRetries(() => api.savedTracks(token, { offset, ...how }), true, how),
  }
  const list: ListFixture = {
    songs,
    asked: [],
    busy: { now: 0, most: 0 },
    beforeAnswer: () => undefined,
    linked: true,
    answer,
    accounts: { get, withToken: (_person, _link, work, how) => work('a-token', how?.background ? background : api) },
  }
  return list
}

function fail(): never {
  throw new Error('Nobody asks for this here')
}

const second = 1000
const newest = Date.UTC(2026, 5, 1)

/** A made-up song, the same for the same number; higher numbers were liked later, an hour apart. */
export function songOf(number: number, changes: Partial<Song> = {}): Song {
  const id = `${'0'.repeat(16)}${number}`.slice(-6).padStart(22, 'x')
  return {
    uri: `spotify:track:${id}`,
    title: `Song ${number}`,
    artists: [`Artist ${number % 97}`],
    album: `Album ${Math.floor(number / 8)}`,
    addedAt: newest + number * 3600 * second,
    url: `https://open.spotify.com/track/${id}`,
    cover: `https://i.scdn.co/image/${Math.floor(number / 8)}`,
    ...changes,
  }
}

/** That many songs, newest first; the oldest carries the number 1. */
export function songsOf(count: number): Song[] {
  return Array.from({ length: count }, (_, index) => songOf(count - index))
}
