import type { RedisFacts } from './redis-connection.ts'

export const keepingNothing = 'It keeps nothing on disk: a restart unlinks everybody. Start it with --appendonly yes.'

/** Undefined counts as something: managed ones often do not say. */
export function keepsNothing({ info, save }: RedisFacts): boolean {
  return info['aof_enabled'] !== '1' && save === ''
}

export function droppingLinks(policy: string): string {
  return `When it is full it drops links (${policy}). Start it with --maxmemory-policy noeviction.`
}

/** What such a Redis will lose, as sentences with what to do; what it does not say counts as good. */
export function lossesOf(facts: RedisFacts): string[] {
  const policy = facts.info['maxmemory_policy'] ?? 'noeviction'
  return [
    ...(keepsNothing(facts) ? [keepingNothing] : []),
    ...(policy === 'noeviction' ? [] : [droppingLinks(policy)]),
  ].map((sentence) => `The Redis behind REDIS_URL: ${sentence}`)
}
