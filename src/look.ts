import { ConsentEndedError, NotLinkedError } from './accounts/errors.ts'
import { NotSharedError } from './errors.ts'
import type { Library } from './library/library.ts'
import type { Sharing } from './sharing.ts'
import { RateLimitedError, SpotifyError } from './spotify/errors.ts'

/** Somebody wants to see somebody's songs. People and servers are Discord ids. */
export interface Wish {
  readonly viewer: string
  readonly owner: string
  /** Where it would be shown; null outside servers, where only one's own songs are. */
  readonly server: string | null
  /** The owner's name, for asking them. */
  readonly ownerName: string
}

/**
 * The only way to anybody's songs. Rejects with NotSharedError unless the viewer is the owner or the owner shares
 * here, before anything is asked of Spotify and again when it has answered: a consent that was taken back
 * meanwhile shows nothing. Whatever else is wrong with the owner's connection is not the viewer's to know.
 */
export type Look = <Seen>(wish: Wish, show: (library: Library) => Promise<Seen>) => Promise<Seen>

export function createLook(library: Library, sharing: Sharing): Look {
  return async (wish, show) => {
    const { viewer, owner, server, ownerName } = wish
    if (viewer === owner) return show(library)
    const refusal = new NotSharedError(owner, server === null ? undefined : ownerName)
    const admit = async (): Promise<void> => {
      if (server === null || !(await sharing.shares(owner, server))) throw refusal
    }
    await admit()
    try {
      const seen = await show(library)
      await admit()
      return seen
    } catch (error) {
      if (error instanceof NotLinkedError || error instanceof ConsentEndedError) throw refusal
      if (error instanceof SpotifyError && error.ownApp && !(error instanceof RateLimitedError)) throw refusal
      throw error
    }
  }
}
