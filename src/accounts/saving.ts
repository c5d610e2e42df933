import { ScopeError } from '../spotify/errors.ts'
import type { Accounts } from './accounts.ts'
import type { Invitations } from './invitations.ts'

/** What became of saving a track: with `consent`, the address where the person allows it, which carries it out as well. */
export type Saved = { readonly done: 'saved' | 'already there' } | { readonly consent: string }

/** Puts a track into the person's own liked songs. Rejects with NotLinkedError and the errors of `spotify`. */
export type SaveTrack = (person: string, track: string) => Promise<Saved>

export function createSaveTrack(accounts: Accounts, invitations: Invitations): SaveTrack {
  return async (person, track) => {
    try {
      return { done: await accounts.saveTrack(person, track) }
    } catch (error) {
      if (!(error instanceof ScopeError)) throw error
      const clientId = await accounts.ownClientId(person)
      return { consent: await invitations.create(person, undefined, { save: track, clientId }) }
    }
  }
}
