import type {
  APIActionRowComponent,
  APIComponentInMessageActionRow,
  APIEmbed,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import type { Access, Guilds, Membership } from './access.ts'
import type { Accounts } from './accounts/accounts.ts'
import type { Invitations } from './accounts/invitations.ts'
import type { TemporaryRecords } from './accounts/temporary-records.ts'
import type { LinkTask } from './accounts/link-task.ts'
import type { Crypto } from './crypto.ts'
import type { Languages, Message } from './i18n.ts'
import type { Library } from './library/library.ts'
import type { Metrics } from './metrics.ts'
import type { Questions } from './questions.ts'
import type { MessageRef, Roundups } from './roundups/roundups.ts'
import type { Reminders } from './reminders/reminders.ts'
import type { Sharing } from './sharing.ts'
import type { SpotifyClients } from './spotify/clients.ts'
import type { Store } from './store/store.ts'

/** The ephemeral answer that becomes the news: the token of its interaction, and its id where it may not be the first one. */
export interface LinkAnswer {
  readonly token: string
  readonly message?: string | undefined
  /** The language of its reader. */
  readonly locale?: string | undefined
}

/** What came of a linking, and of what somebody linked for, where there was something. */
export interface LinkResult {
  readonly spotifyName: string
  readonly outcome?: TaskOutcome | undefined
}

/** What became of what somebody linked for. */
export interface TaskOutcome {
  /** For the page, where names are as Spotify has them. */
  readonly page: Message
  /** For the chat, with names that are safe there. */
  readonly chat: Message
  /** What is shown in the chat where that is more than a sentence. */
  readonly shown?: {
    readonly content?: string
    readonly embeds?: readonly APIEmbed[]
    readonly components?: readonly APIActionRowComponent<APIComponentInMessageActionRow>[]
  }
}

/** What the pages have done in Discord. Neither rejects. */
export interface LinkTasks {
  /** Carries out what the person has linked for. `locale`: the language of who reads of it in the chat. */
  carryOut(person: string, task: LinkTask, locale: string | undefined): Promise<TaskOutcome>
  /** Turns the private answer into the news. */
  announce(answer: LinkAnswer, news: LinkResult): Promise<void>
}

/** Messages of ours that are not the answer at hand. */
export interface OtherMessages {
  /**
   * Makes one say this and nothing else: the answer to another interaction by its token, for fifteen minutes, or a
   * message in the chat as the bot. False where Discord does not let me. Never rejects.
   */
  change(message: MessageRef | { readonly token: string }, content: string): Promise<boolean>
}

/** What commands and pages are given: the services of the program, and nothing of the process. */
export interface App {
  readonly publicUrl: string
  /** Whole addresses of the privacy notice and of the terms. */
  readonly policies: { readonly privacy: string; readonly terms: string }
  /** Spotify's icon, for the footers of embeds with songs. */
  readonly logoUrl: string | undefined
  /** Where browsers find a server, a channel and a message in Discord, by their ids behind it. */
  readonly channelsUrl: string
  readonly languages: Languages
  readonly store: Store
  readonly crypto: Crypto
  readonly temporaryRecords: TemporaryRecords
  readonly spotify: SpotifyClients
  readonly accounts: Accounts
  readonly library: Library
  readonly invitations: Invitations
  readonly sharing: Sharing
  readonly reminders: Reminders
  readonly questions: Questions
  readonly membership: Membership
  readonly guilds: Guilds
  readonly access: Access
  readonly roundups: Roundups
  readonly otherMessages: OtherMessages
  /** Ends all that a person has allowed others to see, everywhere. */
  endConsents(person: string): Promise<void>
  /** As Discord is told of them, for `/help`. */
  readonly commands: readonly {
    readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody
    readonly contextMenus?: Readonly<
      Record<string, { readonly data: { readonly name: string; readonly type: number } }>
    >
  }[]
  /** What is counted; nothing where METRICS_PORT is not set. */
  readonly metrics: Metrics
}
