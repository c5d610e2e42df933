import { InteractionResponseType, MessageFlags } from 'discord-api-types/v10'
import { UserError } from '../errors.ts'
import { isGone, isRefused, type Callback, type Ack } from './callback.ts'
import type { MessageBody, Reply } from '../command.ts'
import { wireReply, type Wire } from './wire.ts'

/** How an answer that is late is announced: as a new message, private or not, or as a change of the pressed one. */
export type Deferral = 'private message' | 'public message' | 'update'

export interface ReplyOptions {
  readonly deferral: Deferral
  /** By `performance.now()`. */
  readonly receivedAt: number
  /** The words for a failure. */
  apologise(error: unknown): Reply
  /** Says that the program ends: what is waited for in front of somebody comes no more. */
  readonly signal: AbortSignal
}

type Shown = Exclude<Reply, { kind: 'dialog' }>

/** From the receipt of an interaction to its acknowledgement, in milliseconds. */
const acknowledgeWithin = 800

/**
 * Sends the reply: in the callback itself when it is ready in time, else after a deferral that goes out at
 * that moment, whatever the work is waiting for. Then what takes its place later, and what is said beside it.
 * An answer that Discord refuses is replaced by an apology.
 */
export async function answer(
  callback: Callback,
  work: Promise<Reply>,
  terms: ReplyOptions,
): Promise<'answered' | 'given up'> {
  const { deferral, receivedAt, apologise, signal } = terms
  const reply = unlessEnded(work, signal).catch(apologise)
  const early = await inTime(reply, receivedAt)
  const taken = early
    ? await sendEarly(callback, early, terms)
    : await callback.first(announcement(deferral), 'followed')
  if (taken === 'gone') return 'given up'
  const late = await reply
  if (!early) await orApology(late, (which) => complete(callback, which, deferral), apologise)
  if (late.kind !== 'dialog') await goOn(callback, late, terms)
  return 'answered'
}

/** The work, or undefined when an interaction that came then has to be acknowledged first. */
export async function inTime<T>(
  work: Promise<T>,
  receivedAt: number,
  within = acknowledgeWithin,
): Promise<T | undefined> {
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

async function sendEarly(callback: Callback, early: Reply, { deferral, apologise }: ReplyOptions): Promise<Ack> {
  const fit = fitting(early, deferral)
  const taken = await orApology(fit, (reply) => callback.first(wireReply(reply), rank(reply)), apologise)
  if (taken !== 'unsure' || fit.kind === 'dialog') return taken
  try {
    // Changing it to itself shows whether it has arrived.
    await callback.edit(fit)
    return 'taken'
  } catch (error) {
    if (!isGone(error)) throw error
    return callback.first(wireReply(fit), rank(fit))
  }
}

function rank(reply: Reply): 'alone' | 'followed' {
  return reply.kind !== 'dialog' && (reply.continueWith ?? reply.followUp ?? reply.onSent) ? 'followed' : 'alone'
}

/** Where there is no message to change, the change is a message of its own. */
function fitting(reply: Reply, deferral: Deferral): Reply {
  if (reply.kind !== 'update' || deferral === 'update') return reply
  return { ...reply, kind: 'message', private: deferral === 'private message' }
}

function announcement(deferral: Deferral): Wire {
  if (deferral === 'update') return { body: { type: InteractionResponseType.DeferredMessageUpdate } }
  const data = deferral === 'private message' ? { flags: MessageFlags.Ephemeral } : {}
  return { body: { type: InteractionResponseType.DeferredChannelMessageWithSource, data } }
}

async function complete(callback: Callback, reply: Reply, deferral: Deferral): Promise<void> {
  if (reply.kind === 'dialog') return callback.followUp(tooSlow, true)
  if (reply.kind === 'update') return callback.edit(reply)
  if (deferral === 'update') return callback.followUp(reply, reply.private)
  if (deferral === 'public message' && reply.private) return replaceInPrivate(callback, reply)
  return callback.edit(reply)
}

const tooSlow: MessageBody = { content: 'That took too long for a dialog to open. Please press again.' }

/** The announcement was public and stays so; the first follow-up would become it, so it goes first. */
async function replaceInPrivate(callback: Callback, body: MessageBody): Promise<void> {
  await callback.withdraw().catch((error: unknown) => {
    if (!isGone(error)) throw error
  })
  await callback.followUp(body, true)
}

/** What is said beside the answer, and then what takes its place, one after the other. */
async function goOn(callback: Callback, shown: Shown, terms: ReplyOptions): Promise<void> {
  if (shown.followUp) await callback.whisper(shown.followUp)
  // Without a place nothing is lost but that this message changes by itself.
  if (shown.onSent)
    await callback
      .place()
      .then(shown.onSent)
      .catch(() => undefined)
  const { apologise, signal } = terms
  const next = shown.continueWith && (await unlessEnded(shown.continueWith(), signal).catch(apologise))
  if (!next || next.kind === 'dialog') return
  await orApology(next, (reply) => putAfter(callback, shown, reply as Shown), apologise)
  await goOn(callback, next, terms)
}

/** The work; or the sentence for whoever waits for it, once the program ends. */
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

/** What is for the caller alone never takes the place of what others see. */
async function putAfter(callback: Callback, shown: Shown, next: Shown): Promise<void> {
  const isSecret = next.kind === 'message' && next.private
  if (isSecret && shown.kind === 'update') return callback.whisper(next)
  if (isSecret && shown.kind === 'message' && !shown.private) return replaceInPrivate(callback, next)
  return callback.edit(next)
}

async function orApology<Outcome>(
  reply: Reply,
  send: (reply: Reply) => Promise<Outcome>,
  apologise: ReplyOptions['apologise'],
): Promise<Outcome> {
  try {
    return await send(reply)
  } catch (error) {
    if (!isRefused(error)) throw error
    return send(apologise(error))
  }
}
