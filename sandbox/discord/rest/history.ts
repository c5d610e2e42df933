import { z } from 'zod'
import { checked } from '../limits/form.ts'
import { snowflake } from '../limits/text.ts'
import type { StoredMessage } from '../state/messages.ts'

const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  before: snowflake.optional(),
  // Also a 0, for everything that there is.
  after: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
})

/** Newest first, as Discord lists a channel. */
export function pageOf(messages: readonly StoredMessage[], wanted: unknown): StoredMessage[] {
  const { limit, before, after } = checked(query, wanted)
  const within = messages.filter(
    ({ id }) => (!before || BigInt(id) < BigInt(before)) && (!after || BigInt(id) > BigInt(after)),
  )
  return (after ? within.slice(0, limit) : within.slice(-limit)).toReversed()
}
