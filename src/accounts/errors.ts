import { NamedError, type UserError } from '../errors.ts'

/** The person has no link, or had one that has ended. */
export class NotLinkedError extends NamedError {
  /** What they have to be linked for, in a sentence for them. */
  purpose: { readonly key: UserError['key']; readonly values?: UserError['values'] } | undefined
}

/** Spotify has lately ended this person's consent, by the person's wish or after six months. */
export class ConsentEndedError extends NamedError {}

/** Whether it says that the person has no living link. */
export function isLinkGone(error: unknown): error is NotLinkedError | ConsentEndedError {
  return error instanceof NotLinkedError || error instanceof ConsentEndedError
}

/** Spotify refuses many people's consents at once, which is its fault: everybody stays linked. */
export class MassRefusalError extends NamedError {
  /** Until when refreshing pauses, in milliseconds. */
  readonly until: number

  constructor(until: number) {
    super(`Spotify refuses many people at once; refreshing pauses until ${new Date(until).toISOString()}`)
    this.until = until
  }
}

/** The person consented to less than what the program needs. */
export class ScopeMissingError extends NamedError {}

/** The person unlinked while linking was under way. */
export class UnlinkedMeanwhileError extends NamedError {}

/** Another process holds this person's refresh for longer than anybody should wait. */
export class RefreshBusyError extends NamedError {}

/** A playlist was made, or begun to be filled anew, and the cause kept the other songs out. */
export class PlaylistError extends NamedError {
  readonly id: string
  /** How many songs are in it. */
  readonly done: number

  constructor(id: string, done: number, cause: unknown) {
    super(`A playlist has only its first ${done} songs`, { cause })
    this.id = id
    this.done = done
  }
}

/** The person has made their playlist public, and has let me change private ones only. */
export class PublicPlaylistError extends NamedError {}
