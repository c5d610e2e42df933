import { setTimeout as sleep } from 'node:timers/promises'
import { InteractionResponseType, MessageFlags } from 'discord.js'
import { inTime, type Callback } from './callback.ts'
import type { Reply } from './command.ts'

/** How an answer that is late is announced: as a new message, private or not, or as a change of the pressed one. */
export type Deferral = 'private message' | 'public message' | 'update'

/** From the receipt of an interaction to its acknowledgement, in milliseconds. */
const acknowledgeWithin = 800

/**
 * Sends the reply: in the callback itself when it is ready in time, else after a deferral that goes out at
 * that moment, whatever the work is waiting for. `reply` must not reject.
 *
 * @param receivedAt by `performance.now()`
 */
export async function answer(
  callback: Callback,
  reply: Promise<Reply>,
  deferral: Deferral,
  receivedAt: number,
): Promise<'in time' | 'deferred' | 'given up'> {
  const early = await Promise.race([reply, untilLate(receivedAt)])
  if (early) return (await callback.first(...inTime(fitting(early, deferral)))) ? 'in time' : 'given up'
  if (!(await callback.first(...announcement(deferral)))) return 'given up'
  await complete(callback, await reply, deferral)
  return 'deferred'
}

async function untilLate(receivedAt: number): Promise<undefined> {
  await sleep(Math.max(acknowledgeWithin - (performance.now() - receivedAt), 0))
}

/** Where there is no message to change, the change is a message of its own. */
function fitting(reply: Reply, deferral: Deferral): Reply {
  if (reply.kind !== 'update' || deferral === 'update') return reply
  return { ...reply, kind: 'message', private: deferral === 'private message' }
}

function announcement(deferral: Deferral): [InteractionResponseType, unknown?] {
  if (deferral === 'update') return [InteractionResponseType.DeferredMessageUpdate]
  const flags = deferral === 'private message' ? MessageFlags.Ephemeral : undefined
  return [InteractionResponseType.DeferredChannelMessageWithSource, flags && { flags }]
}

async function complete(callback: Callback, reply: Reply, deferral: Deferral): Promise<void> {
  if (reply.kind === 'dialog')
    throw new Error('A dialog cannot follow a deferral: open it without waiting for anything')
  if (reply.kind === 'update') return callback.edit(reply)
  if (deferral === 'update') return callback.followUp(reply)
  if (deferral === 'public message' && reply.private) {
    // The announcement was public and stays so; the first follow-up would become it, so it goes first.
    await callback.deleteOriginal()
    return callback.followUp(reply)
  }
  return callback.edit(reply)
}
