import { activeKey } from '../accounts/keyring.ts'
import type { TokenKey } from '../crypto.ts'
import type { Store } from '../store/store.ts'

// As long as the longest of what stands under a mark: a reminder.
const marksLast = 24 * 60 * 60 * 1000

/** From when on keys that have sealed nothing that is left can be removed: one sentence, none without such keys. */
export async function removal(
  ids: readonly string[],
  ring: readonly TokenKey[],
  store: Store,
  now: number,
): Promise<string[]> {
  if (ids.length === 0) return []
  const first = ring[0]?.id
  const active = await activeKey(store)
  const names = ids.join(', ')
  const why = 'Until then, /unlink needs it to find reminders and questions that are marked with it.'
  if (active?.id !== first) {
    return [`${names} can be removed from TOKEN_KEYS a day after the bot was started with ${first} in front. ${why}`]
  }
  const from = active ? active.since + marksLast : 0
  if (from <= now) return [`${names} can be removed from TOKEN_KEYS.`]
  // Rounded up to the minute.
  const moment = new Date(from + 59_999).toISOString().slice(0, 16).replace('T', ' ')
  return [`${names} can be removed from TOKEN_KEYS after ${moment} UTC. ${why}`]
}
