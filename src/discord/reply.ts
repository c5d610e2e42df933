import { addAbortListener } from 'node:events'
import {
  DiscordAPIError,
  MessageFlags,
  RateLimitError,
  RESTJSONErrorCodes as Code,
  type ChatInputCommandInteraction,
  type ContextMenuCommandInteraction,
  type Message,
} from 'discord.js'
import type { ComponentInteraction, MessageBody, Reply } from '../command.ts'
import { UserError } from '../errors.ts'
import { isGone } from './gone.ts'
import { layoutPayload } from './layout.ts'

export type RepliableInteraction = ChatInputCommandInteraction | ContextMenuCommandInteraction | ComponentInteraction

/** How a late answer is announced: as a new message, or as a change of the one that the component is on. */
export type Deferral = 'ephemeral message' | 'public message' | 'update'

export interface ReplyOptions {
  readonly deferral: Deferral
  /** Until a deferral has to go out, in milliseconds. */
  readonly patience: number
  /** The reply for a failure. Never rejects. */
  apologise(error: unknown): Promise<Reply>
  /** Aborted when the program ends: what is waited for in front of somebody comes no more. */
  readonly signal: AbortSignal
  /** Called before an answer that is followed by more, which must have arrived before. */
  useCallback(): void
  /** Called once Discord has taken the acknowledgement. */
  acknowledged(): void
}

/**
 * Sends the reply: as the first answer when it is ready in time, else after a deferral that goes out at that moment,
 * whatever the work is waiting for. Then the follow-up, and what takes its place later. A reply that Discord refuses is
 * replaced by an apology. Rejects with DiscordAPIError.
 */
export async function sendReply(
  interaction: RepliableInteraction,
  work: Promise<Reply>,
  { deferral, patience, apologise, signal, useCallback, acknowledged }: ReplyOptions,
): Promise<void> {
  const { webhook } = interaction
  /** The message that is the answer: the first one, or the follow-up that took its place. */
  let current = '@original'
  /** The same, once Discord has said where it is. */
  let sent: Pick<Message, 'id' | 'channelId'> | undefined
  const pressed = deferral === 'update' && 'message' in interaction ? interaction.message : null
  let isLayout = pressed?.flags.has(MessageFlags.IsComponentsV2) ?? false
  const reply = unlessEnded(work, signal).catch(apologise)
  const early = await inTime(reply, patience)
  if (early) return goOn(await sendEarly(early))
  useCallback()
  if (await acknowledge(() => defer(interaction, deferral))) acknowledged()
  return goOn(await orApology(await reply, (reply) => putAfter(deferral, reply)))

  async function sendEarly(early: Reply): Promise<Reply> {
    let isTaken = false
    const send = async (reply: Reply): Promise<void> => {
      if (isFollowed(reply)) useCallback()
      isTaken = await acknowledge(async () => (sent = await sendFirst(interaction, reply, deferral, isLayout)))
    }
    const shown = await orApology(early, send)
    if (!isTaken && shown.kind !== 'modal')
      try {
        // Changing it to itself shows whether it has arrived. discord.js's own editReply refuses to.
        sent = await webhook.editMessage(current, payloadOf(shown, isLayout, true))
        isTaken = true
      } catch (error) {
        if (!isGone(error)) throw error
        await send(shown)
      }
    if (isTaken) acknowledged()
    return shown
  }

  /** The follow-up, and then what takes the answer's place, one after the other. */
  async function goOn(shown: Reply): Promise<void> {
    if (shown.kind === 'modal') return
    isLayout ||= shown.layout !== undefined
    for (let body = shown.followUp; body; body = body.followUp)
      await orApology({ kind: 'message', ephemeral: true, ...body }, async (reply) => {
        if (reply.kind !== 'message') return
        const { id: message, channelId: channel } = await webhook.send(newMessage(reply, reply.ephemeral))
        await reply.onSent?.({ channel, message })
      })
    // A first answer that was repeated comes back without what it made.
    if (shown.onSent) sent ??= await webhook.fetchMessage(current).catch(() => undefined)
    if (sent) await shown.onSent?.({ channel: sent.channelId, message: sent.id })
    const next = shown.continueWith && (await unlessEnded(shown.continueWith(), signal).catch(apologise))
    if (next) await goOn(await orApology(next, (reply) => putAfter(deferralLike(shown, deferral), reply)))
  }

  /** In the place of an answer or a deferral; but what is for the caller alone never takes the place of what others see. */
  async function putAfter(shown: Deferral, reply: Reply): Promise<void> {
    if (reply.kind === 'modal') return putAfter(shown, await apologise(new UserError('dispatch.tooLate')))
    if (reply.kind === 'message' && shown === 'update') return followUp(reply, reply.ephemeral)
    if (reply.kind === 'message' && shown === 'public message' && reply.ephemeral) {
      // A public deferral stays public; the first follow-up would become it, so it goes first.
      await webhook.deleteMessage(current).catch((error: unknown) => {
        if (!isGone(error)) throw error
      })
      return followUp(reply, true)
    }
    sent = await webhook.editMessage(current, payloadOf(reply, isLayout, true))
  }

  async function followUp(body: MessageBody, isEphemeral: boolean): Promise<void> {
    sent = await webhook.send(newMessage(body, isEphemeral))
    current = sent.id
    isLayout = false
  }

  /** The reply that was sent in fact, with the follow-up of the one that was refused. */
  async function orApology(reply: Reply, send: (reply: Reply) => Promise<void>): Promise<Reply> {
    let shown = reply
    try {
      await send(shown)
    } catch (error) {
      const isRefused = error instanceof DiscordAPIError && [400, 413].includes(error.status) && !isGone(error)
      if (!isRefused) throw error
      shown = { ...(await apologise(error)), ...('followUp' in reply && { followUp: reply.followUp }) }
      await send(shown)
    }
    return shown
  }
}

/**
 * Whether Discord has taken a first answer; false when the connection broke and nobody knows. discord.js repeats a
 * callback on its own account, so one that arrived may come back as "already acknowledged" (40060).
 */
async function acknowledge(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send()
    return true
  } catch (error) {
    if (error instanceof DiscordAPIError && error.code === Code.InteractionHasAlreadyBeenAcknowledged) return true
    if (error instanceof DiscordAPIError || error instanceof RateLimitError) throw error
    return false
  }
}

function defer(interaction: RepliableInteraction, deferral: Deferral): Promise<unknown> {
  if (deferral === 'update' && 'deferUpdate' in interaction) return interaction.deferUpdate()
  return interaction.deferReply(deferral === 'ephemeral message' ? { flags: MessageFlags.Ephemeral } : {})
}

/** The message, where somebody is to be told of it. */
async function sendFirst(interaction: RepliableInteraction, reply: Reply, deferral: Deferral, isLayout: boolean) {
  if (reply.kind === 'modal') {
    if (!('showModal' in interaction)) throw new TypeError('A modal cannot be answered by another one')
    return void (await interaction.showModal(reply.modal))
  }
  const sentAs = deferralLike(reply, deferral)
  if (sentAs === 'update' && 'update' in interaction)
    return void (await interaction.update(payloadOf(reply, isLayout, true)))
  const body = newMessage(reply, sentAs === 'ephemeral message')
  if (reply.onSent) return (await interaction.reply({ ...body, withResponse: true })).resource?.message ?? undefined
  return void (await interaction.reply(body))
}

/** What a reply is, sent at once. Where there is no message to change, the change is a message of its own. */
function deferralLike(reply: Exclude<Reply, { kind: 'modal' }>, deferral: Deferral): Deferral {
  return reply.kind === 'update' ? deferral : reply.ephemeral ? 'ephemeral message' : 'public message'
}

/** Every part is given, so that a change leaves nothing of the old message; only the person named is pinged. */
export function payloadOf(body: MessageBody, isLayout = false, isEdit = false) {
  const { content = '', embeds = [], components = [], layout, mention, files } = body
  const rest = { allowedMentions: { parse: [], ...(mention && { users: [mention] }) }, ...(files && { files }) }
  if (isLayout || layout) return { ...layoutPayload(body, isEdit), ...rest }
  return { content, embeds, components, ...rest }
}

function newMessage(body: MessageBody, isEphemeral: boolean) {
  const payload = payloadOf(body)
  const flags = 'flags' in payload ? payload.flags : []
  return isEphemeral ? { ...payload, flags: [...flags, MessageFlags.Ephemeral] as const } : payload
}

function isFollowed(reply: Reply): boolean {
  return reply.kind !== 'modal' && Boolean(reply.continueWith ?? reply.followUp ?? reply.onSent)
}

/** The result of the work, or undefined when it takes longer than so many milliseconds. */
export async function inTime<T>(work: Promise<T>, patience: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(late.resolve, Math.max(patience, 0), undefined)
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}

/** The work; or a sentence for the person who waits for it, once the program ends. */
async function unlessEnded<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>()
  using _listener = addAbortListener(signal, () => reject(new UserError('dispatch.restarting')))
  return await Promise.race([work, promise])
}
