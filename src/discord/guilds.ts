import { setTimeout as sleep } from 'node:timers/promises'
import {
  DiscordAPIError,
  RESTJSONErrorCodes as Code,
  Routes,
  type APIGuild,
  type APIGuildMember,
  type REST,
} from 'discord.js'
import { LRUCache } from 'lru-cache'

const patience = 30_000
const rests = 60_000

/** What Discord says about servers, asked as the bot. Undefined where it does not say; never rejects. */
export function createGuilds(rest: REST) {
  const names = new LRUCache<string, string>({ maxSize: 10_000, sizeCalculation: () => 1, ttl: 60 * 60 * 1000 })
  let restsUntil = -Infinity

  return {
    /** False only where Discord knows the server, lets the bot look, and says that the person is no member. */
    async isMember(server: string, person: string): Promise<boolean | undefined> {
      const answer = await get<APIGuildMember>(Routes.guildMember(server, person))
      if (answer instanceof DiscordAPIError)
        return answer.status === 404 && answer.code === Code.UnknownMember ? false : undefined
      return answer?.user?.id === person ? true : undefined
    },
    /** Within two seconds. */
    async nameOf(server: string): Promise<string | undefined> {
      return names.get(server) ?? Promise.race([askName(server), sleep(2_000, undefined, { ref: false })])
    },
  }

  async function askName(server: string): Promise<string | undefined> {
    const answer = await get<APIGuild>(Routes.guild(server))
    const name = answer && 'owner_id' in answer ? answer.name : undefined
    if (name) names.set(server, name)
    return name
  }

  async function get<Answer extends object>(route: `/${string}`): Promise<Answer | DiscordAPIError | undefined> {
    if (performance.now() < restsUntil) return undefined
    const asked = rest.get(route, { signal: AbortSignal.timeout(patience) }).catch((error: unknown) => error)
    const answer = await Promise.race([asked, sleep(patience, undefined, { ref: false })])
    if (answer instanceof DiscordAPIError) return answer
    if (typeof answer === 'object' && answer !== null && !(answer instanceof Error)) return answer as Answer
    // discord.js keeps whatever waits for a rate limit, which may last a day.
    if (answer === undefined) restsUntil = performance.now() + rests
    return undefined
  }
}
