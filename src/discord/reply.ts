import type { MessageBody, Reply } from '../command.ts'
import { UserError } from '../errors.ts'
import type { MessageRef } from '../roundups/roundups.ts'
import {
  acknowledge,
  defer,
  ephemeralPayloadOf,
  isGone,
  isRefused,
  payloadOf,
  sendFirst,
  type Ack,
  type Deferral,
  type RepliableInteraction,
} from './acknowledge.ts'

export interface ReplyOptions {
  readonly deferral: Deferral
  /** By `performance.now()`. */
  readonly receivedAt: number
  /** From then to the acknowledgement, in milliseconds. */
  readonly within: number
  /** The reply for a failure. */
  apologise(error: unknown): Reply
  /** Aborted when the program ends: what is waited for in front of somebody comes no more. */
  readonly signal: AbortSignal
  /** Called before an answer that is followed by more, which must have arrived before. */
  useCallback(): void
  /** Called once Discord has taken the acknowledgement. */
  acknowledged(): void
}

type MessageReply = Exclude<Reply, { kind: 'modal' }>

/** From the receipt of an interaction to what Discord has to be sent by then, in milliseconds. */
export interface Deadlines {
  readonly acknowledge: number
  /** People see choices while they type. */
  readonly autocomplete: number
}

export const usualDeadlines: Deadlines = { acknowledge: 800, autocomplete: 250 }

/**
 * Sends the reply: as the first answer when it is ready in time, else after a deferral that goes out at that moment,
 * whatever the work is waiting for. Then the follow-up, and what takes its place later. A reply that Discord refuses is
 * replaced by an apology. Rejects with DiscordAPIError.
 */
export async function sendReply(
  interaction: RepliableInteraction,
  work: Promise<Reply>,
  options: ReplyOptions,
): Promise<'answered' | 'expired'> {
  const { deferral, apologise, signal } = options
  const { webhook } = interaction
  /** The message that is the answer: the first one, or the follow-up that took its place. */
  let current = '@original'
  const reply = unlessEnded(work, signal).catch(apologise)
  const early = await inTime(reply, options.receivedAt, options.within)
  if (!early) options.useCallback()
  const ack = early ? await sendEarly(early) : await acknowledge(() => defer(interaction, deferral))
  if (ack === 'expired') return 'expired'
  if (ack === 'taken') options.acknowledged()
  const late = await reply
  if (!early) await orApology(late, complete)
  if (late.kind !== 'modal') await goOn(late)
  return 'answered'

  async function sendEarly(early: Reply): Promise<Ack> {
    const fitting = whereItFits(early, deferral)
    const send = async (reply: Reply): Promise<Ack> => {
      if (isFollowed(reply)) options.useCallback()
      return acknowledge(() => sendFirst(interaction, reply))
    }
    const ack = await orApology(fitting, send)
    if (ack !== 'unsure' || fitting.kind === 'modal') return ack
    try {
      // Changing it to itself shows whether it has arrived. discord.js's own editReply refuses to.
      await edit(fitting)
      return 'taken'
    } catch (error) {
      if (!isGone(error)) throw error
      return send(fitting)
    }
  }

  async function complete(reply: Reply): Promise<void> {
    if (reply.kind === 'modal') return followUp(tooSlow, true)
    if (reply.kind === 'update') return edit(reply)
    if (deferral === 'update') return followUp(reply, reply.ephemeral)
    if (deferral === 'public message' && reply.ephemeral) return replaceByEphemeral(reply)
    return edit(reply)
  }

  /** The follow-up, and then what takes the answer's place, one after the other. */
  async function goOn(shown: MessageReply): Promise<void> {
    if (shown.followUp) await webhook.send(ephemeralPayloadOf(shown.followUp))
    // Without a place nothing is lost but that this message changes later.
    if (shown.onSent)
      await sentMessage()
        .then(shown.onSent)
        .catch(() => undefined)
    const next = shown.continueWith && (await unlessEnded(shown.continueWith(), signal).catch(apologise))
    if (!next || next.kind === 'modal') return
    await orApology(next, (reply) => putAfter(shown, reply as MessageReply))
    await goOn(next)
  }

  /** What is for the caller alone never takes the place of what others see. */
  async function putAfter(shown: MessageReply, next: MessageReply): Promise<void> {
    const isEphemeral = next.kind === 'message' && next.ephemeral
    if (isEphemeral && shown.kind === 'update') return void (await webhook.send(ephemeralPayloadOf(next)))
    if (isEphemeral && shown.kind === 'message' && !shown.ephemeral) return replaceByEphemeral(next)
    return edit(next)
  }

  /** A public deferral stays public; the first follow-up would become it, so it goes first. */
  async function replaceByEphemeral(body: MessageBody): Promise<void> {
    await webhook.deleteMessage(current).catch((error: unknown) => {
      if (!isGone(error)) throw error
    })
    await followUp(body, true)
  }

  async function edit(body: MessageBody): Promise<void> {
    await webhook.editMessage(current, payloadOf(body))
  }

  async function followUp(body: MessageBody, ephemeral: boolean): Promise<void> {
    current = (await webhook.send(ephemeral ? ephemeralPayloadOf(body) : payloadOf(body))).id
  }

  async function sentMessage(): Promise<MessageRef> {
    const { id, channelId } = await webhook.fetchMessage(current)
    return { channel: channelId, message: id }
  }

  async function orApology<Outcome>(reply: Reply, send: (reply: Reply) => Promise<Outcome>): Promise<Outcome> {
    try {
      return await send(reply)
    } catch (error) {
      if (!isRefused(error)) throw error
      return send(apologise(error))
    }
  }
}

const tooSlow: MessageBody = { content: 'That took too long for a dialog to open. Please press again.' }

/** The work, or undefined when an interaction that came then has to be acknowledged first. */
export async function inTime<T>(work: Promise<T>, receivedAt: number, within: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(within - (performance.now() - receivedAt), 0), undefined)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Where there is no message to change, the change is a message of its own. */
function whereItFits(reply: Reply, deferral: Deferral): Reply {
  if (reply.kind !== 'update' || deferral === 'update') return reply
  return { ...reply, kind: 'message', ephemeral: deferral === 'ephemeral message' }
}

function isFollowed(reply: Reply): boolean {
  return reply.kind !== 'modal' && Boolean(reply.continueWith ?? reply.followUp ?? reply.onSent)
}

/** The work; or a sentence for the person who waits for it, once the program ends. */
async function unlessEnded<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const over = Promise.withResolvers<never>()
  const end = (): void => over.reject(new UserError('Hearsay is restarting. Please use this again in a moment.'))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work, over.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
