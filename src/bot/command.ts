import type {
  APIActionRowComponent,
  APIComponentInMessageActionRow,
  APIEmbed,
  APIModalInteractionResponseCallbackData,
  APIApplicationCommandOptionChoice,
  RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js'
import type { App } from '../app.ts'

/** One file of `commands/`: what Discord is told about it, and what happens. It returns its answer; sending is the bot's. */
export interface Command {
  readonly data: RESTPostAPIApplicationCommandsJSONBody
  /** Whether only the caller sees the answer. Decided before it is known, since a deferral fixes it. */
  readonly private: boolean | ((call: Call) => boolean)
  run(call: Call, app: App, signal: AbortSignal): Promise<Reply>
  /** Presses of components and submissions of dialogs whose custom id begins with the command's name. */
  press?(press: Press, app: App, signal: AbortSignal): Promise<Reply>
  complete?(call: Call, app: App): Promise<readonly APIApplicationCommandOptionChoice[]>
}

/** The part of discord.js's command interaction that commands need. */
export interface Call {
  readonly user: Caller
  readonly guildId: string | null
  /** Edits the answer for fifteen minutes: a secret. */
  readonly token: string
  readonly options: {
    getSubcommand(required?: false): string | null
    getString(name: string): string | null
    getBoolean(name: string): boolean | null
  }
}

export interface Caller {
  readonly id: string
  readonly displayName: string
  displayAvatarURL(): string
}

export interface Press {
  readonly user: Caller
  readonly customId: string
  /** Whether the pressed message is one that only the presser sees. */
  readonly onPrivate: boolean
  /** Who used the command that the pressed message answers, where Discord says so. */
  readonly callerId: string | undefined
  /** What was typed into a dialog's field; undefined where there is no such field. */
  field(name: string): string | undefined
}

export interface Body {
  readonly content?: string
  readonly embeds?: readonly APIEmbed[]
  readonly components?: readonly APIActionRowComponent<APIComponentInMessageActionRow>[]
}

/** A new message, a change of the pressed message, or a dialog (which cannot follow a deferral: answer it without waiting). */
export type Reply =
  | ({ readonly kind: 'message'; readonly private: boolean } & Body)
  | ({ readonly kind: 'update' } & Body)
  | { readonly kind: 'dialog'; readonly dialog: APIModalInteractionResponseCallbackData }
