import { sha256 } from '../crypto.ts'
import { UserError } from '../errors.ts'
import type { SpotifyApi } from '../spotify/client.ts'
import { ScopeError, SpotifyError, UnknownItemError } from '../spotify/errors.ts'
import { modifyScope } from './authorization.ts'
import type { Link } from './links.ts'

/** The most that Spotify takes in one request. */
export const mostTracks = 40
// As many as find one track among forty, and a few more.
const mostSplits = 8

/** What became of tracks, by their ids. */
export interface SavedTracks {
  readonly saved: readonly string[]
  /** The person had liked them before. */
  readonly already: readonly string[]
  /** Spotify does not know them, or `failure` has kept them from being saved. */
  readonly unsaved: readonly string[]
  readonly failure?: unknown
  /** Over which it was done. */
  readonly link: Link
}

type Ids = readonly string[]

interface LikedTracksParts {
  get(person: string): Promise<Link>
  withToken<T>(person: string, link: Link, work: (token: string, api: SpotifyApi) => Promise<T>): Promise<T>
}

/** Single tracks among somebody's liked songs, by their ids, up to `mostTracks` at once. Rejects like `get` and `withToken`. */
export function createLikedTracks({ get, withToken }: LikedTracksParts) {
  return {
    /** Which of these the person has liked. One request. */
    async likedAmong(person: string, ids: Ids): Promise<Ids> {
      return withToken(person, await get(person), (token, api) => api.contains(token, checked(ids)))
    },
    /** Puts them among the person's liked songs. Two requests. ScopeError: the person has not agreed to that yet. */
    async saveTracks(person: string, ids: Ids): Promise<SavedTracks> {
      checked(ids)
      const link = await get(person)
      if (!link.scope.includes(modifyScope)) throw new ScopeError('The person has not agreed to saving songs')
      // Also of a first try that a new access token has cut short.
      const saved = new Set<string>()
      return withToken(person, link, async (token, api) => {
        const liked = new Set<string>()
        const unknown = await forEach(ids, async (some) => {
          for (const id of await api.contains(token, some)) liked.add(id)
        })
        const rest = ids.filter((id) => !liked.has(id) && !unknown.includes(id))
        let failure: unknown
        await forEach(rest, async (some) => {
          await api.save(token, some)
          for (const id of some) saved.add(id)
        }).catch((error: unknown) => {
          if (saved.size === 0 || !(error instanceof SpotifyError)) throw error
          failure = error
        })
        const already = ids.filter((id) => liked.has(id) && !saved.has(id))
        const unsaved = ids.filter((id) => !liked.has(id) && !saved.has(id))
        return { saved: ids.filter((id) => saved.has(id)), already, unsaved, failure, link }
      })
    },
    /** Takes them out of the person's liked songs again. `account`: the mark of that to which they were saved. */
    async removeTracks(person: string, ids: Ids, account: string): Promise<void> {
      const link = await get(person)
      // Another account may have liked them for years.
      if (accountMark(link) !== account || !link.scope.includes(modifyScope))
        throw new UserError('songs.undo.otherLink')
      await withToken(person, link, (token, api) => api.remove(token, checked(ids)))
    },
  }
}

/** A few digits by which a Spotify account is known again, also after its connection was renewed. */
export function accountMark({ spotifyId }: Pick<Link, 'spotifyId'>): string {
  return sha256(spotifyId).slice(0, 8)
}

function checked(ids: Ids): Ids {
  const areTracks = ids.every((id) => /^[0-9A-Za-z]{22}$/.test(id))
  if (ids.length > 0 && ids.length <= mostTracks && areTracks) return ids
  throw new UserError('save.notASong')
}

/**
 * Does it with all of them; in halves where Spotify refuses all because it does not know one. Those that it does not
 * know, or that were not told from them.
 */
async function forEach(ids: Ids, work: (some: Ids) => Promise<void>): Promise<Ids> {
  let splits = 0
  const unknown = async (some: Ids): Promise<Ids> => {
    try {
      if (some.length > 0) await work(some)
      return []
    } catch (error) {
      if (!(error instanceof UnknownItemError) || ids.length === 1) throw error
      if (some.length === 1 || ++splits > mostSplits) return some
      const middle = some.length / 2
      return [...(await unknown(some.slice(0, middle))), ...(await unknown(some.slice(middle)))]
    }
  }
  return unknown(ids)
}
