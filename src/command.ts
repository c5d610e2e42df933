import type * as discord from 'discord.js'
import type { App } from './context.ts'
import type { Translate } from './i18n.ts'
import type { MessageRef } from './roundups/roundups.ts'

/** A press of a component, or the submission of a modal. */
export type ComponentInteraction = discord.MessageComponentInteraction | discord.ModalSubmitInteraction

/** What is said of an option comes from the words. */
type Described<Option> = Option extends unknown ? Omit<Option, 'description'> : never
export type Options = readonly Described<discord.APIApplicationCommandBasicOption>[]

/** What happens when a slash command is used. It returns its answer and never sends it. `t`: in the language of that. */
interface Executable {
  /** Whether only the caller sees the answer. Decided before it is known, since a deferral fixes it. */
  readonly ephemeral: boolean | ((interaction: discord.ChatInputCommandInteraction) => boolean)
  /** Whether it changes nothing, so that an interaction that is delivered twice does no harm. */
  readonly readOnly: boolean
  execute(interaction: discord.ChatInputCommandInteraction, app: App, t: Translate): Promise<Reply>
  /** At most 25 choices, from what is in hand. */
  autocomplete?(
    interaction: discord.AutocompleteInteraction,
    app: App,
    t: Translate,
  ): Promise<readonly discord.APIApplicationCommandOptionChoice<string>[]>
}

/** What belongs to a command as a whole. */
interface Handlers {
  /** Entries of the menus on people and messages, by their names. */
  readonly contextMenus?: Readonly<Record<string, ContextMenu>>
  /**
   * Components and modals whose custom id begins with the command's name and a colon. `t`: in the language of the message
   * that they are on.
   */
  component?(interaction: ComponentInteraction, app: App, t: Translate): Promise<Reply>
  /** The custom ids of those that change nothing. */
  readonly readOnlyComponents?: RegExp
}

/** A file of `commands/`: a command without subcommands. Its descriptions are words: `command.<name>`, `option.<name>`. */
export interface Command extends Executable, Handlers {
  readonly data: CommandData & { readonly options?: Options }
}

type CommandData = Omit<discord.RESTPostAPIChatInputApplicationCommandsJSONBody, 'description' | 'options'>

/** `command.ts` in a folder of `commands/`, whose other files are its subcommands. */
export interface CommandGroup extends Handlers {
  /** Names of subcommands in the order in which people are shown them; others follow by name. */
  readonly order?: readonly string[]
  readonly data: CommandData
}

/** A file in such a folder. */
export interface Subcommand extends Executable {
  readonly data: { readonly name: string; readonly options?: Options }
}

/** An entry in the menu that opens on a person or a message, as its type says. Its answers are for the caller alone. */
export interface ContextMenu {
  readonly data: discord.RESTPostAPIContextMenuApplicationCommandsJSONBody
  readonly readOnly: boolean
  execute(interaction: discord.ContextMenuCommandInteraction, app: App, t: Translate): Promise<Reply>
}

export interface MessageBody {
  readonly content?: string
  readonly embeds?: readonly discord.APIEmbed[]
  readonly components?: readonly discord.APIActionRowComponent<discord.APIComponentInMessageActionRow>[]
  /** Components V2 in place of content, embeds and rows. The message stays one of those, whatever it is edited to. */
  readonly layout?: readonly discord.APIMessageTopLevelComponent[]
  /** The only person whom the message may ping. */
  readonly mention?: string
  readonly files?: readonly discord.AttachmentPayload[]
}

/** A new message, a change of the pressed message, or a modal (which cannot follow a deferral: answer it without waiting). */
export type Reply =
  | ({ readonly kind: 'message'; readonly ephemeral: boolean } & MessageBody & ReplyFollowUps)
  | ({ readonly kind: 'update' } & MessageBody & ReplyFollowUps)
  | { readonly kind: 'modal'; readonly modal: discord.APIModalInteractionResponseCallbackData }

interface ReplyFollowUps {
  /** Begun once this answer has been sent: what takes its place, within fifteen minutes, if anything does. */
  readonly continueWith?: () => Promise<Reply | undefined>
  /** A follow-up, and the one behind it: ephemeral ones, unless they say otherwise. */
  readonly followUp?:
    | (MessageBody & Pick<ReplyFollowUps, 'onSent' | 'followUp'> & { readonly ephemeral?: false })
    | undefined
  /** Told where in the chat the message is, once it is there. */
  readonly onSent?: (message: MessageRef) => Promise<void>
}
