import {
  Client,
  Events,
  Options,
  type CacheWithLimitsOptions,
  type Interaction,
  type PrimaryEntryPointCommandInteraction,
} from 'discord.js'
import type { Log } from '../log.ts'
import type { InlineResponses } from './inline-responses.ts'
import { isUser } from './options.ts'
import type { Slice } from './shards.ts'

export interface DiscordSettings {
  readonly token: string
  /** Such as `https://discord.com/api`. */
  readonly apiUrl: string
  readonly clientId: string
  readonly guildId?: string | undefined
  /** Hex; with it, interactions are posted to us, and the gateway is left alone. */
  readonly publicKey?: string | undefined
  /** The slice of shards that this process holds; all when undefined. */
  readonly shards?: Slice | undefined
}

/** Everything that keeps something; guilds and channels cannot be limited, and are cleared instead. */
const noCaches: CacheWithLimitsOptions = {
  ApplicationCommandManager: 0,
  ApplicationEmojiManager: 0,
  AutoModerationRuleManager: 0,
  BaseGuildEmojiManager: 0,
  DMMessageManager: 0,
  EntitlementManager: 0,
  GuildBanManager: 0,
  GuildEmojiManager: 0,
  GuildForumThreadManager: 0,
  GuildInviteManager: 0,
  GuildMemberManager: 0,
  GuildMessageManager: 0,
  GuildScheduledEventManager: 0,
  GuildStickerManager: 0,
  GuildTextThreadManager: 0,
  MessageManager: 0,
  PresenceManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  StageInstanceManager: 0,
  ThreadManager: 0,
  ThreadMemberManager: 0,
  UserManager: 0,
  VoiceStateManager: 0,
}

/** discord.js without intents and caches: interactions arrive all the same, and nothing is kept of them. */
export function createClient({ apiUrl, token, shards }: DiscordSettings, responses: InlineResponses): Client {
  const client = new Client({
    intents: [],
    makeCache: Options.cacheWithLimits(noCaches),
    allowedMentions: { parse: [] },
    shards: shards ? [...shards.ids] : 'auto',
    ...(shards && { shardCount: shards.total }),
    rest: {
      api: apiUrl,
      timeout: 10_000,
      // The default of 50 a second counts answers to interactions as well, which Discord does not; real 429s are still honoured.
      globalRequestsPerSecond: 1_000,
      // It keeps a queue for every interaction that was answered late, and lets go of them once an hour.
      handlerSweepInterval: 15_000,
      makeRequest: responses.makeRequest,
    },
  })
  client.rest.setToken(token)
  // READY names every guild of the bot again.
  client.on(Events.ShardReady, () => client.guilds.cache.clear())
  return client
}

/** Those that commands can be made of. */
export type KnownInteraction = Exclude<Interaction, PrimaryEntryPointCommandInteraction>

interface InteractionAction {
  handle(payload: object): void
}

/**
 * Has discord.js make an interaction of Discord's JSON, from the gateway and from HTTP alike, and gives it to `take`.
 * What it cannot read is a log line; by itself discord.js would end the process. The function that is returned does the
 * same for a payload that was posted: undefined for one that is malformed or not known.
 */
export function onInteraction<Taken>(
  client: Client,
  log: Log,
  take: (interaction: KnownInteraction) => Taken,
): (payload: object) => Taken | undefined {
  // The one private call: discord.js has no way of its own for interactions over HTTP.
  const action = (client as unknown as { actions: { InteractionCreate: InteractionAction } }).actions.InteractionCreate
  const make = action.handle.bind(action)
  let taken: Taken | undefined
  client.on(Events.InteractionCreate, (interaction) => {
    if (isKnown(interaction)) taken = take(interaction)
  })
  const handle = (payload: object): Taken | undefined => {
    taken = undefined
    try {
      // Nothing here is bought, and without the gateway discord.js could not look entitlements up.
      make({ ...payload, entitlements: [] })
    } catch (err) {
      log.debug({ err }, 'discord.js could not read an interaction')
    }
    if (taken === undefined) log.warn(unknownInteraction)
    return taken
  }
  action.handle = handle
  return handle
}

/** discord.js takes these from the payload without a look. */
function isKnown(interaction: Interaction): interaction is KnownInteraction {
  const { id, token, applicationId, user } = interaction
  if (![id, token, applicationId].every((one) => typeof one === 'string') || !isUser(user)) return false
  if (interaction.isPrimaryEntryPointCommand()) return false
  if (interaction.isUserContextMenuCommand() && !isUser(interaction.options.getUser('user'))) return false
  return typeof ('customId' in interaction ? interaction.customId : interaction.commandName) === 'string'
}

const unknownInteraction =
  'Discord sent an interaction that this version does not know, so nobody is answered: look for a newer version'
