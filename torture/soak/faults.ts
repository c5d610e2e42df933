import type { RedisServer } from '../../test/store/redis-server.ts'
import type { Crowd } from '../crowd.ts'
import { providerFaults } from '../provider-faults.ts'
import type { Fault } from '../redis-faults.ts'

/** A fault that is on for a while now and then; `most` milliseconds at a time. */
export interface TimedFault extends Fault {
  readonly most: number
}

const silent = 6_000
const long = 15_000

/** What goes wrong in turn. Redis must keep what it is told over a kill. */
export function timedFaults(crowd: Crowd, server: RedisServer): TimedFault[] {
  const { discord, spotify } = crowd
  const ofProviders = providerFaults(crowd).filter(({ name }) => name !== 'Discord drops the gateway')
  return [
    { name: 'Redis frozen', most: silent, begin: server.freeze, end: server.thaw },
    ...ofProviders.map((fault) => ({ ...fault, most: long })),
    { name: 'Redis killed', most: silent, begin: server.kill, end: server.restart },
    {
      ...{ name: 'Spotify 429', most: silent },
      begin: () => void (spotify.trouble = { kind: 'rate-limited', retryAfter: 2 }),
      end: () => void (spotify.trouble = { kind: 'none' }),
    },
    { name: 'access tokens end', most: long, begin: () => spotify.expireAccessTokens(), end: () => undefined },
    {
      ...{ name: 'gateway away, then resumed', most: 2_000 },
      begin() {
        discord.gatewayAway = true
        discord.disconnect(4000)
      },
      end: () => void (discord.gatewayAway = false),
    },
  ]
}

/** Whether what is sent now reaches the bot at all. */
export function isReachable({ discord }: Crowd): boolean {
  return !discord.gatewayAway && discord.online()
}
