import { abuseRedis, abuseRedisCluster, abuseRedisOverTls } from './redis.ts'
import { abuseDiscordGateway, abuseDiscordRest } from './discord.ts'
import { abuseSpotify } from './spotify.ts'

/** What came of it: how many connections were abused, and every error that nobody caught. */
export interface AbuseReport {
  readonly abused: number
  readonly uncaught: readonly unknown[]
}

/** Each opens connections to an abusive server until so many of them have been abused, and then has to be well again. */
export const targets: Readonly<Record<string, (connections: number) => Promise<AbuseReport>>> = {
  Redis: abuseRedis,
  'Redis Cluster': abuseRedisCluster,
  'Redis over TLS': abuseRedisOverTls,
  Spotify: abuseSpotify,
  'Discord REST': abuseDiscordRest,
  'Discord gateway': abuseDiscordGateway,
}
