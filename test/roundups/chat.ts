import { REST } from 'discord.js'
import type { Message } from '../../sandbox/discord/discord.ts'
import { createDiscord } from '../../sandbox/discord/in-process.ts'
import { channels, guild, people } from '../../sandbox/people.ts'
import { createPublisher } from '../../src/discord/publisher.ts'
import type { Log } from '../../src/log.ts'
import type { Publisher, RoundupPage } from '../../src/roundups/roundups.ts'

export interface Post {
  readonly channel: string
  readonly message: string
  /** As it was posted. */
  readonly page: RoundupPage
  /** As it is there by now. */
  readonly components: Message['components']
  readonly at: number
}

/** The sandbox's Discord within the process, for time that passes at will, and the real publisher that posts there. */
export interface Chat {
  readonly publisher: Publisher
  /** What stands in the channels, the oldest first. */
  readonly posts: readonly Post[]
  /** What stood there once. */
  readonly removed: readonly RoundupPage[]
  /** Who has been told directly, about which channel. */
  readonly notified: readonly { readonly person: string; readonly channel: string | undefined }[]
  /** What they were told. */
  readonly told: readonly string[]
  /** Channels in which the bot may do nothing. */
  readonly closed: Set<string>
  /** Makes an archived thread of a channel. */
  archive(channel: string): void
  isArchived(channel: string): boolean
}

/** View Channel, Send Messages, Embed Links, Attach Files, Read Message History. */
const everything = '117760'

/** @param now the chat's own time */
export function createChat(now: () => number = Date.now): Chat {
  const closed = new Set<string>()
  const places = channels.map(({ id, name }) => ({
    ...{ id, name },
    get appPermissions() {
      return closed.has(id) ? '0' : everything
    },
  }))
  const discord = createDiscord({ people, guild, channels: places, now })
  const { apiUrl: api, makeRequest, credentials } = discord
  const unlimited = { globalRequestsPerSecond: Infinity, hashSweepInterval: 0, handlerSweepInterval: 0 }
  const rest = new REST({ api, makeRequest, ...unlimited }).setToken(credentials.token)
  const publisher = createPublisher(rest, {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
  } as unknown as Log)
  /** By message. */
  const pages = new Map<string, RoundupPage>()

  return {
    publisher: {
      ...publisher,
      async post(channel, page, ...of) {
        const posted = await publisher.post(channel, page, ...of)
        // A nonce that is known changes nothing of the message that it made.
        if (typeof posted === 'object' && !pages.has(posted.message)) pages.set(posted.message, page)
        return posted
      },
    },
    get posts() {
      return standing().map(({ id: message, channelId: channel, createdAt: at, components }) => {
        const page = pages.get(message)
        if (!page) throw new Error(`Nobody knows what message ${message} is`)
        return { channel, message, page, components, at }
      })
    },
    get removed() {
      const messages = new Set(standing().map(({ id }) => id))
      return [...pages].filter(([message]) => !messages.has(message)).map(([, page]) => page)
    },
    get notified() {
      const told = people.flatMap(({ id }) => discord.directs(id).map(({ content }) => [id, content] as const))
      return told.map(([person, content]) => ({ person, channel: /<#(\d+)>/.exec(content)?.[1] }))
    },
    get told() {
      return people.flatMap(({ id }) => discord.directs(id).map(({ content }) => content))
    },
    closed,
    archive: (channel) => discord.setThread(channel, { archived: true }),
    isArchived: (channel) => discord.thread(channel)?.archived === true,
  }

  function standing(): Message[] {
    if (discord.surprises.length > 0) throw new Error(discord.surprises.join('\n'))
    const messages = places.flatMap(({ id }) => discord.messages(id, credentials.clientId))
    return messages.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
  }
}
