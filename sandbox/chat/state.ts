import type { Channel, Message, Person } from '../discord/discord.ts'
import type { Trouble } from '../spotify/spotify.ts'
import type { World } from './world.ts'

/** Somebody whom the reader can be: `about` is a sentence about their Spotify. */
export interface Character extends Person {
  readonly about: string
  /** The server. */
  readonly hasLeft: boolean
}

/** `newest` is the id of the last message that the viewer sees there and has not written. */
export type Place = Channel & { readonly newest: string | undefined }

/** Everything that the page shows to one viewer in one channel. */
export interface ChatState {
  readonly guild: { readonly id: string; readonly name: string }
  /** The bot's user id, which is its application's. */
  readonly botId: string
  readonly person: string
  readonly channel: string
  readonly people: readonly Character[]
  readonly channels: readonly Place[]
  /** The viewer's conversation with the bot, once there is one. */
  readonly direct: Place | undefined
  readonly messages: readonly Message[]
  /** Those that can be used in the channel. */
  readonly commands: readonly Record<string, unknown>[]
  readonly online: boolean
  readonly trouble: Trouble
  /** How many songs the viewer's Spotify account has liked. */
  readonly songs: number
  /** How often each "METHOD /path" was asked, of the Web API and of the token endpoint. */
  readonly requests: Readonly<Record<string, number>>
  /** In milliseconds, by the sandbox's clock. */
  readonly now: number
  /** Whether it can be made Friday. */
  readonly friday: boolean
  /** Those to choose from; the viewer's and the server's. */
  readonly locales: readonly string[]
  readonly locale: string
  readonly guildLocale: string
  /** Whether the program can be ended and started again. */
  readonly restarts: boolean
}

/** Characters of a file that stand in the chat. */
const shownOfFile = 4_000
/** Of Discord's contexts: a conversation with the bot. */
const inDirects = 1

/** Undefined when there is no such person or channel; the first of each where none is named. */
export function stateFor(world: World, personId?: string, channelId?: string): ChatState | undefined {
  const { discord, spotify } = world
  const person = personId ? discord.people.find(({ id }) => id === personId) : discord.people[0]
  const direct = person && discord.conversation(person.id)
  const all = direct ? [...discord.channels, direct] : discord.channels
  const channel = channelId ? all.find(({ id }) => id === channelId) : discord.channels[0]
  if (!person || !channel) return undefined
  const place = (one: Channel): Place => {
    const newest = discord.messages(one.id, person.id).findLast(({ author }) => author.id !== person.id)?.id
    return { ...one, newest }
  }
  return {
    guild: discord.guild,
    botId: discord.credentials.clientId,
    person: person.id,
    channel: channel.id,
    people: discord.people.map((one) => {
      return { ...one, about: accountFor(world, one.id)?.about ?? '', hasLeft: discord.hasLeft(one.id) }
    }),
    channels: discord.channels.map(place),
    direct: direct && place(direct),
    messages: discord.messages(channel.id, person.id).map(withoutFiles),
    commands: discord.commands().filter(({ contexts }) => channel !== direct || isFor(contexts, inDirects)),
    online: discord.online(),
    trouble: spotify.trouble,
    songs: accountFor(world, person.id)?.library.length ?? 0,
    requests: countRequests(world),
    now: Date.now(),
    friday: world.friday !== undefined,
    locales: world.locales ?? [],
    locale: discord.locale(person.id),
    guildLocale: discord.locale(discord.guild.id),
    restarts: world.restart !== undefined,
  }
}

/** The beginnings of its files: the page fetches the rest of one that is opened. */
function withoutFiles(message: Message): Message {
  const attachments = message.attachments.map(({ name, text }) => {
    return { name, text: text.length > shownOfFile ? `${text.slice(0, shownOfFile)}…` : text }
  })
  return { ...message, attachments }
}

/** A file of a message that the person sees, by its place. */
export function fileFor(world: World, personId: string, channelId: string, messageId: string, place: number) {
  const messages = world.discord.messages(channelId, personId)
  return messages.find(({ id }) => id === messageId)?.attachments[place]
}

/** A command that names no contexts is for all of them. */
function isFor(contexts: unknown, context: number): boolean {
  return !Array.isArray(contexts) || contexts.includes(context)
}

function accountFor(world: World, personId: string) {
  const id = world.accountOf(personId)
  return id === undefined ? undefined : world.spotify.account(id)
}

function countRequests({ spotify }: World): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { method, path } of spotify.requests) {
    const key = `${method} ${path}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
