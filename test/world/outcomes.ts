import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { until } from './until.ts'
import type { Player } from './world.ts'

/**
 * How many interactions have been acknowledged, of these requests. On a slow machine discord.js gives one up after ten
 * seconds and sends it again, which is refused where the first has arrived.
 */
export function acknowledgedIn(requests: Sandbox['discord']['requests']): number {
  const answered = requests.filter(({ path, status }) => path.endsWith('/callback') && [200, 204, 400].includes(status))
  return new Set(answered.map(({ path }) => path)).size
}

/** The outcome of `/roundup now` and Preview with the page in it: what takes long says first how far it is collected. */
export async function collected({ discord }: Sandbox, viewer: Player, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== 'message') return outcome
  const first = outcome.message
  const isCollecting = ({ content }: Message): boolean => content.includes('Looking up what')
  // As it was sent, where that was at once: it may have been changed since then.
  if (!isCollecting(first)) return outcome
  const message = await until('a roundup that is collected', () =>
    discord.messages(first.channelId, viewer.id).find((shown) => shown.id === first.id && !isCollecting(shown)),
  )
  return { ...outcome, message }
}
