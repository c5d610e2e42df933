import type { Crypto } from '../crypto.ts'
import { UserError } from '../errors.ts'
import type { SpotifyApi } from '../spotify/client.ts'
import { RefusedError, ScopeError, SpotifyDownError } from '../spotify/errors.ts'
import { mostAdded } from '../spotify/playlists.ts'
import { holdLease } from '../store/held-lease.ts'
import type { Store } from '../store/store.ts'
import { playlistScope, publicPlaylistScope } from './authorization.ts'
import { NotLinkedError, PlaylistError, PublicPlaylistError } from './errors.ts'
import type { PlaylistSource } from './link-task.ts'
import type { Link, Links } from './links.ts'
import { madeBefore, madeNow, withMade, type MadePlaylist } from './made-playlists.ts'
import { isSameAccount } from './same-account.ts'

const leaseTime = 30_000

interface PlaylistParts {
  readonly store: Pick<Store, 'lease'>
  readonly crypto: Pick<Crypto, 'hmacs'>
  readonly links: Pick<Links, 'compareAndSet'>
  get(person: string): Promise<Link>
  withToken<T>(person: string, link: Link, work: (token: string, api: SpotifyApi) => Promise<T>): Promise<T>
}

interface Wanted {
  readonly source: PlaylistSource
  /** Of a new one. A person may give it another. */
  readonly name: string
  readonly description: string
  /** Of tracks, each once. */
  readonly uris: readonly string[]
}

/** Playlists in people's own accounts. Each request looks at the link first, so that none follows an unlink. */
export function createPlaylists({ store, crypto, links, get, withToken }: PlaylistParts) {
  return {
    /** Rejects with ScopeError where the person has not agreed to playlists yet, and like `get`. */
    check: async (person: string) => void (await getToChange(person)),
    /**
     * Makes the playlist, or fills the one anew that was made of the same before and is still there. One at a time for
     * each person. `progress` is told how many songs are in it.
     */
    async fill(person: string, { source, name, description, uris }: Wanted, progress?: (done: number) => void) {
      await getToChange(person)
      const [mark] = crypto.hmacs(person, 'playlists')
      await using lease = await holdLease(store, `playlist.${mark}`, leaseTime)
      if (!lease) throw new UserError('playlist.busy')
      // Another press may have made one meanwhile.
      const link = await getToChange(person)
      const ask = async <T>(work: (api: SpotifyApi, token: string) => Promise<T>): Promise<T> => {
        lease.check()
        const current = await get(person)
        if (!isSameAccount(current, link)) throw new NotLinkedError()
        return withToken(person, current, (token, api) => work(api, token))
      }
      const note = async (made: MadePlaylist): Promise<MadePlaylist> => {
        for (;;) {
          const current = await get(person)
          if (!isSameAccount(current, link)) throw new NotLinkedError()
          const playlists = withMade(current.playlists, made, source)
          if (await links.compareAndSet(person, current, { playlists })) return made
        }
      }
      /** `isKnown`: Spotify has just said what is among theirs, and will of this one. */
      const make = async (isKnown: boolean): Promise<MadePlaylist> => {
        const id = await ask((api, token) => api.createPlaylist(token, name, description))
        // First, so that a crash leaves it known.
        const made = await note(madeNow(id, source, isKnown))
        if (isKnown) return made
        const isListed = await ask((api, token) => api.hasPlaylist(token, id)).catch(unlessRefused)
        return isListed ? note({ ...made, isListed }) : made
      }
      const put = ({ id }: MadePlaylist) => ask((api, token) => api.replaceItems(token, id, uris.slice(0, mostAdded)))
      /** It is theirs, so what Spotify refuses takes a permission, another one once they have made it public, or is its fault. */
      const causeOf = (error: unknown, isNew = false): unknown => {
        const mayBePublic = !isNew && !link.scope.includes(publicPlaylistScope)
        if (error instanceof ScopeError && mayBePublic) return new PublicPlaylistError()
        return error instanceof RefusedError ? new SpotifyDownError(error.message, { cause: error }) : error
      }

      const before = madeBefore(link.playlists, source)
      const isThere = before?.isListed
        ? await ask((api, token) => api.hasPlaylist(token, before.id)).catch(unlessRefused)
        : undefined
      const known = isThere === false ? undefined : before
      const isFilled =
        known &&
        (await put(known).then(
          () => true,
          (error: unknown) => {
            if (error instanceof RefusedError && error.status === 404) return false
            throw causeOf(error)
          },
        ))
      const made = isFilled ? known : await make(isThere === false)
      let done = isFilled ? mostAdded : 0
      try {
        if (!isFilled) await put(made)
        for (done = mostAdded; done < uris.length; done += mostAdded) {
          progress?.(done)
          const more = uris.slice(done, done + mostAdded)
          await ask((api, token) => api.addItems(token, made.id, more))
        }
        // One that was deleted is there again with this, where Spotify does not say that it was.
        if (isFilled && isThere === undefined)
          await ask((api, token) => api.keepPlaylist(token, made.id)).catch(() => undefined)
      } catch (error) {
        throw new PlaylistError(made.id, Math.min(done, uris.length), causeOf(error, !isFilled))
      }
      return { id: made.id, isNew: !isFilled }
    },
  }

  async function getToChange(person: string): Promise<Link> {
    const link = await get(person)
    if (!link.scope.includes(playlistScope)) throw new ScopeError('The person has not agreed to playlists')
    return link
  }
}

/** For what Spotify may not let apps of this kind ask. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof RefusedError || error instanceof ScopeError) return undefined
  throw error
}
