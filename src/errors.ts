import type { Message, MessageKey } from './i18n.ts'

/** An error that has the name of its class. */
export class NamedError extends Error {
  override readonly name: string = this.constructor.name
}

/** A failure to tell a person: what happened and what to do. What else is thrown is a fault of the program. */
export class UserError extends NamedError implements Message {
  readonly key: MessageKey
  readonly values: Message['values']

  constructor(key: MessageKey, values?: Message['values'], options?: ErrorOptions) {
    super(key, options)
    this.key = key
    this.values = values
  }
}

/** Why somebody may not ask somebody now, and until when that is so, in milliseconds, where it passes. */
export interface Standing {
  readonly why: 'waiting' | 'shown' | 'answered' | 'undone' | 'refused' | 'quiet'
  readonly until?: number
}

/** Somebody's songs are not for this viewer here. It says no more than that: not whether there are any. */
export class NotSharedError extends UserError {
  /** The Discord id of the person who could share. */
  readonly owner: string
  /** The name for the button that asks them; undefined where there is nobody to ask, as outside servers. */
  readonly ask: string | undefined
  /** Why this viewer may not ask now; undefined where they may. */
  readonly standing: Standing | undefined
  /** Whether they would be asked for what both have in common only. */
  readonly isCommon: boolean

  constructor(owner: string, ask: string | undefined, standing?: Standing, isCommon = false) {
    super('share.notShared', { owner: `<@${owner}>` })
    this.owner = owner
    this.ask = ask
    this.standing = standing
    this.isCommon = isCommon
  }
}

/** A song, by what it is called in a sentence, could not be saved; the cause is why. */
export class SongError extends NamedError {
  readonly song: string

  constructor(song: string, cause: unknown) {
    super('A song could not be saved', { cause })
    this.song = song
  }
}

/** Discord does not take the application's id and secret: only the operator can help. */
export class DiscordClientError extends NamedError {}

/** The program cannot start or go on, and only the operator can help: the message is a sentence with the remedy. */
export class StartupError extends NamedError {}
