import type {
  APIActionRowComponent,
  APIComponentInMessageActionRow,
  APIEmbed,
  APIEmbedAuthor,
  APIModalInteractionResponseCallbackData,
  APIApplicationCommandOptionChoice,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
  RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord-api-types/v10'
import type { App } from './context.ts'

/** One file of `commands/`: what Discord is told about it, and what happens. It returns its answer; sending is the bot's. */
export interface Command {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody
  /** Whether only the caller sees the answer. Decided before it is known, since a deferral fixes it. */
  readonly ephemeral: boolean | ((call: CommandCall) => boolean)
  /** Also loaded from this file: the entries of a person's menu, by their names. */
  readonly contextMenus?: Readonly<Record<string, ContextMenu>>
  run(call: CommandCall, app: App, signal: AbortSignal): Promise<Reply>
  /** Presses of components and submissions of dialogs whose custom id begins with the command's name. */
  component?(press: ComponentPress, app: App, signal: AbortSignal): Promise<Reply>
  autocomplete?(call: CommandCall, app: App): Promise<readonly APIApplicationCommandOptionChoice[]>
}

/** An entry in the menu that opens on a person. Its answers are for the caller alone. */
export interface ContextMenu {
  readonly data: RESTPostAPIContextMenuApplicationCommandsJSONBody
  run(call: ContextMenuCall, app: App, signal: AbortSignal): Promise<Reply>
}

export interface ContextMenuCall extends CommandCall {
  /** On whom the menu was opened. */
  readonly targetUser: Member
}

/** What commands need of the interaction that called them. */
export interface CommandCall {
  readonly user: Caller
  readonly guildId: string | null
  /** Where the app is installed that this interaction came through: 0 is the server, 1 the person. */
  readonly authorizingIntegrationOwners: Readonly<Record<string, string | undefined>>
  /** Edits the answer for fifteen minutes: a secret. */
  readonly token: string
  /** What the caller may do here; null outside servers. */
  readonly memberPermissions: Permissions | null
  readonly options: {
    getSubcommand(): string | null
    getString(name: string): string | null
    getBoolean(name: string): boolean | null
    getInteger(name: string): number | null
    getUser(name: string): Member | null
    getChannel(name: string): Channel | null
    getFocused(): string
  }
}

export interface Permissions {
  has(permissions: bigint): boolean
}

/** A channel that was named. */
export interface Channel {
  readonly id: string
  readonly type: number
  /** What the bot may do there, where Discord says so. */
  readonly appPermissions?: Permissions | undefined
}

export interface Caller {
  readonly id: string
  readonly displayName: string
  displayAvatarURL(): string
}

/** Somebody who was named, who may be no person. */
export interface Member extends Caller {
  readonly bot: boolean
}

export interface ComponentPress {
  readonly user: Caller
  readonly customId: string
  readonly guildId: string | null
  /** What was chosen from a select. */
  readonly values: readonly string[]
  /** The line at the top of the pressed message, where it has one. */
  readonly author: APIEmbedAuthor | undefined
  /** Whether the pressed message is one that only the presser sees. */
  readonly onEphemeral: boolean
  /** Who used the command that the pressed message answers, where Discord says so. */
  readonly callerId: string | undefined
  /** What was typed into a dialog's field; undefined where there is no such field. */
  field(name: string): string | undefined
}

export interface MessageBody {
  readonly content?: string
  readonly embeds?: readonly APIEmbed[]
  readonly components?: readonly APIActionRowComponent<APIComponentInMessageActionRow>[]
  /** The only person whom the message may ping. */
  readonly mention?: string
  readonly files?: readonly { readonly name: string; readonly text: string }[]
}

/** A message of ours in the chat, by Discord ids. */
export interface MessageRef {
  readonly channel: string
  readonly message: string
}

/** A new message, a change of the pressed message, or a dialog (which cannot follow a deferral: answer it without waiting). */
export type Reply =
  | ({ readonly kind: 'message'; readonly private: boolean } & MessageBody & ReplyFollowUps)
  | ({ readonly kind: 'update' } & MessageBody & ReplyFollowUps)
  | { readonly kind: 'dialog'; readonly dialog: APIModalInteractionResponseCallbackData }

export interface ReplyFollowUps {
  /** Begun once this answer has been sent: what takes its place, within fifteen minutes, if anything does. */
  readonly continueWith?: () => Promise<Reply | undefined>
  /** A line for the caller alone, sent after the answer. */
  readonly followUp?: MessageBody | undefined
  /** Told where in the chat the answer stands, once it does. */
  readonly onSent?: (place: MessageRef) => Promise<void>
}
