import type { Thread } from './state/threads.ts'

/** A person who has an account on the sandbox's Discord. */
export interface Person {
  readonly id: string
  readonly username: string
  readonly displayName: string
  /** CSS colour of the letter avatar that the chat page draws. */
  readonly color: string
  /** Has Manage Server in the sandbox's guild. */
  readonly manager?: boolean
}

export interface Channel {
  readonly id: string
  readonly name: string
  /** What the bot may do here, as Discord's decimal bit set. Unset: everything that it needs. */
  readonly appPermissions?: string
  /** The server that it belongs to; null for a group of direct messages. Unset: the sandbox's guild. */
  readonly guild?: Guild | null
  /** The conversation of one person with the bot: of whom. */
  readonly direct?: string
}

interface Guild {
  readonly id: string
  readonly name: string
}

/** A message as one viewer sees it. `embeds` and `components` are as the bot sent them, in Discord's own shape. */
export interface Message {
  readonly id: string
  readonly channelId: string
  readonly author: { readonly id: string; readonly name: string; readonly bot: boolean }
  readonly content: string
  readonly embeds: readonly Record<string, unknown>[]
  readonly components: readonly Record<string, unknown>[]
  readonly attachments: readonly { readonly name: string; readonly text: string }[]
  readonly createdAt: number
  readonly editedAt?: number
  /** Seen by one person only. */
  readonly ephemeral: boolean
  /** A deferred answer that has not come yet: "is thinking". */
  readonly thinking: boolean
  /** The slash command that it answers. */
  readonly usedBy?: { readonly id: string; readonly name: string; readonly command: string }
  /** The id of the message that it is shown under: the one whose button it answers, or the answer that it follows. */
  readonly replyTo?: string
  /** The interaction that it answers or follows. */
  readonly interaction?: string
  /** What it forwards. */
  readonly forwarded?: Forwarded
}

export interface Forwarded extends Pick<Message, 'content' | 'embeds' | 'components'> {
  readonly id: string
  readonly channelId: string
}

export interface Modal {
  readonly id: string
  readonly title: string
  readonly fields: readonly {
    readonly customId: string
    readonly label: string
    readonly value: string
    readonly placeholder: string
  }[]
}

/** What became of one interaction, as the person who caused it saw it, once its answer is complete. */
export type Outcome = { readonly acknowledgedAfter: number; readonly deferred: boolean } & (
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'update'; readonly message: Message }
  | { readonly kind: 'modal'; readonly modal: Modal }
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  | { readonly kind: 'failed'; readonly reason: string }
)

export interface Choice {
  readonly name: string
  readonly value: string | number
}

export type OptionValues = Readonly<Record<string, string | number | boolean>>

/** Commands by where they are registered, and messages, in the sandbox's own shape, which JSON carries unchanged. */
export interface HeldDiscord {
  readonly commands: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly messages: readonly Readonly<Record<string, unknown>>[]
}

/** A request to the endpoint, as somebody who listens could send it again. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A Discord on loopback: the REST API, the gateway and the OAuth pages that the real client talks to, and the chat behind them. */
export interface FakeDiscord {
  /** For DISCORD_API_URL. */
  readonly apiUrl: string
  /** For DISCORD_AUTHORIZE_URL. */
  readonly authorizeUrl: string
  /** The chat page, to which addresses of messages lead. */
  chatUrl: string | undefined
  /** The most bytes of a file, as interactions say; 10 MiB where neither the person nor the server pays for more. */
  attachmentSizeLimit: number
  readonly credentials: { readonly token: string; readonly clientId: string; readonly clientSecret: string }
  /** For DISCORD_PUBLIC_KEY: what interactions are signed with that are posted to the bot. */
  readonly publicKey: string
  readonly guild: Guild
  readonly channels: readonly Channel[]
  readonly people: readonly Person[]
  /** Every HTTP request so far, for tests that count. */
  readonly requests: readonly {
    readonly method: string
    readonly path: string
    readonly status: number
    readonly at: number
  }[]
  /** What a real Discord would have refused, and what this one does not know: each is a mistake of the bot or a gap of the sandbox. */
  readonly surprises: string[]
  /** Commands as the bot registered them. */
  commands(): readonly Record<string, unknown>[]
  /** Interactions posted to the endpoints so far; status 0 where no answer came (yet). */
  readonly deliveries: readonly { readonly url: string; readonly status: number }[]
  /** The latest of them as it was sent, for those who send copies. */
  readonly latestDelivery: SignedDelivery | undefined
  /**
   * Sends interactions over HTTP to these addresses in turn, and no longer over the gateway. Rejects when one of them
   * does not answer a PING, or takes one with a wrong signature.
   */
  deliverTo(urls: readonly string[]): Promise<void>
  /** True while the bot has an identified gateway session. */
  online(): boolean
  /** Resolves when the bot is online and has registered commands. */
  ready(timeout?: number): Promise<void>
  /** What this viewer sees in the channel, oldest first: public messages and the viewer's own private ones. */
  messages(channelId: string, viewerId: string): readonly Message[]
  /** A chat line of a person, not a command; with what Discord shows of the addresses in it. */
  say(personId: string, channelId: string, content: string, embeds?: Message['embeds']): Message
  /** Forwards a message that the person sees. */
  forward(personId: string, channelId: string, messageId: string): Message
  /** `command` is written as typed, without the slash: "liked recent". */
  use(personId: string, channelId: string, command: string, options?: OptionValues): Promise<Outcome>
  complete(
    personId: string,
    channelId: string,
    command: string,
    options: OptionValues,
    focused: string,
  ): Promise<readonly Choice[]>
  /** `component` is a label ("Next") or a custom id, for a select also its placeholder, with the `values` chosen there. A link button or a disabled one is refused, as the client does. */
  press(personId: string, messageId: string, component: string, values?: readonly string[]): Promise<Outcome>
  submit(personId: string, modalId: string, fields: Readonly<Record<string, string>>): Promise<Outcome>
  /** Sends any interaction payload over the gateway, for hostile and odd ones: merged over a valid one of that person. */
  dispatch(personId: string, channelId: string, payload: Record<string, unknown>): Promise<Outcome>
  /** A press with a custom id that the message need not carry. */
  pressRaw(personId: string, messageId: string, customId: string): Promise<Outcome>
  /** What the bot has written to a person directly, oldest first. */
  directs(personId: string): readonly Message[]
  /** The person takes no direct messages from the bot any more; refused with this code, 50007 by default. */
  closeDirects(personId: string, code?: number): void
  /** They take them again. */
  openDirects(personId: string): void
  /** The conversation of a person with the bot, once there is one. */
  conversation(personId: string): Channel | undefined
  /** Makes a thread of a channel, or changes it: while it is archived nothing in it can be posted or changed. */
  setThread(channelId: string, changes: Partial<Thread>): void
  /** What has become of a thread. */
  thread(channelId: string): Thread | undefined
  /** Posts in this channel, and changes of them, are refused with this code; without one no more. */
  refusePosts(channelId: string, code?: number): void
  /** The person leaves a server, the sandbox's own without one: they can do nothing there, and the bot is told that they are no member. */
  leave(personId: string, guildId?: string): void
  comeBack(personId: string, guildId?: string): void
  hasLeft(personId: string, guildId?: string): boolean
  /** The language of a person or a server, by their id. */
  locale(id: string): string
  setLocale(id: string, locale: string): void
  dismiss(personId: string, messageId: string): void
  deleteMessage(messageId: string): void
  /** Makes the next REST answers to matching paths (or "METHOD path") fail; for tests. Status 0 resets the connection. */
  failNext(match: RegExp, status: number, body: unknown, times?: number): void
  /** Whatever was to fail does so no longer. */
  stopFailing(): void
  /** The next matching REST requests take effect, but their answers never arrive: the connection is cut, or this status is sent instead. */
  loseNext(match: RegExp, times?: number, status?: number): void
  /** Matching requests are told to wait, until the function that is returned is called. */
  haveWait(match: RegExp, retryAfter?: string, form?: 'json' | 'page'): () => void
  /** What is left of the sessions that the bot may begin in a day; `reset_after` is in milliseconds. */
  readonly sessionStarts: { remaining: number; reset_after: number }
  /** OAuth access tokens that still work. */
  liveTokens(): number
  /** While true, connections to the gateway are cut as soon as they are made. */
  gatewayAway: boolean
  /** Where the bot is told that the gateway is, where there is something in between. */
  gatewayAt: string | undefined
  /** How many connections to the gateway have been cut for that. */
  readonly turnedAway: number
  /** What a shard gets that identifies or resumes: its session, no answer at all, or its connection closed with a code. */
  admitShard: (shard: number) => 'session' | 'silence' | number
  /** The shards that have identified or resumed, each time. */
  readonly identified: readonly number[]
  /** Resolves when the shard has taken in all that the gateway has sent it. */
  heartbeat(shard: number): Promise<void>
  /** Closes every gateway connection with this code, or only that of one shard. */
  disconnect(code: number, shard?: number): void
  /** The gateway reads nothing more, not even that a connection is closed. */
  freezeGateway(): void
  /** Calls back after anything visible has changed; the answer stops it. */
  onChange(listener: () => void): () => void
  /** The commands so far, and these messages, whatever person sees them. */
  held(messageIds: readonly string[]): HeldDiscord
  /** Goes on with what another sandbox held. */
  restore(held: HeldDiscord): void
  close(): Promise<void>
}
