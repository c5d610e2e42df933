/** An error that has the name of its class. */
export class NamedError extends Error {
  override readonly name: string = this.constructor.name
}

/**
 * A failure written for a person: its message is one or two sentences, what happened and what to do,
 * and may be shown as it is. Anything else that is thrown is a fault of the program.
 */
export class UserError extends NamedError {}

/** Somebody's songs are not for this viewer here. It says no more than that: not whether there are any. */
export class NotSharedError extends UserError {
  /** The Discord id of the person who could share. */
  readonly owner: string
  /** The name for the button that asks them; undefined where there is nobody to ask, as outside servers. */
  readonly ask: string | undefined

  constructor(owner: string, ask: string | undefined) {
    super(`<@${owner}>'s liked songs are not shared with you here.`)
    this.owner = owner
    this.ask = ask
  }
}

/** Discord does not take the application's id and secret: only the operator can help. */
export class DiscordClientError extends NamedError {}

/** The program cannot start or go on, and only the operator can help: the message is a sentence with the remedy. */
export class StartupError extends NamedError {}

/** A failure in words. */
export interface ErrorMessage {
  /** For the person: what happened and what to do. */
  readonly sentence: string
  /** For the operator, with the fix; undefined where there is nothing for them to do. */
  readonly operator?: string
  /** Set where linking through a Spotify app of their own would help the person. */
  readonly ownAppHelps?: true
}
