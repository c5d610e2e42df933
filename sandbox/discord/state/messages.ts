import type { Forwarded, Message } from '../discord.ts'
import { invalidForm } from '../limits/form.ts'
import { layoutFlag, type MessageBody } from '../limits/message.ts'
import { emptyMessage } from '../refusal.ts'
import type { World } from './world.ts'
import { changed, remember } from './world.ts'

export interface Upload {
  readonly index: string
  readonly name: string
  readonly type: string
  readonly text: string
}

interface StoredAttachment {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly text: string
}

/** What the bot may change of a message. */
interface Shown {
  content: string
  embeds: readonly Record<string, unknown>[]
  components: readonly Record<string, unknown>[]
  attachments: readonly StoredAttachment[]
  flags: number
}

export interface StoredMessage extends Shown {
  readonly id: string
  readonly channelId: string
  readonly author: Message['author']
  readonly createdAt: number
  editedAt?: number
  /** Set on an ephemeral message: the one who sees it. */
  readonly viewerId?: string
  thinking: boolean
  dismissed: boolean
  readonly usedBy?: NonNullable<Message['usedBy']>
  readonly replyTo?: string
  /** Discord's interaction_metadata. */
  readonly metadata?: Record<string, unknown>
  readonly nonce?: string
  readonly forwarded?: Forwarded
}

type Origin = Pick<StoredMessage, 'channelId' | 'author'> &
  Partial<Pick<StoredMessage, 'viewerId' | 'usedBy' | 'replyTo' | 'metadata' | 'nonce' | 'forwarded'>>

const suppressEmbeds = 4

/** @throws Refusal 50006 when nothing would be seen, 50035 when an attachment refers to no file. */
export function postMessage(
  world: World,
  origin: Origin,
  body: MessageBody,
  files: readonly Upload[] = [],
): StoredMessage {
  const shown = origin.forwarded ? blank : revised(world, blank, body, files)
  return store(world, origin, { ...shown, thinking: false })
}

/** "is thinking": where the deferred answer will be. */
export function postThinking(world: World, origin: Origin): StoredMessage {
  return store(world, origin, { ...blank, thinking: true })
}

/** Fields that the body lacks stay. @throws Refusal as postMessage */
export function editMessage(
  world: World,
  message: StoredMessage,
  body: MessageBody,
  files: readonly Upload[] = [],
): void {
  const wasThinking = message.thinking
  Object.assign(message, revised(world, message, body, files), { thinking: false })
  if (!wasThinking) message.editedAt = world.now()
  changed(world)
}

export function removeMessage(world: World, id: string): void {
  if (world.messages.delete(id)) changed(world)
}

export function isVisible(message: StoredMessage, viewerId: string): boolean {
  return !message.dismissed && (message.viewerId === undefined || message.viewerId === viewerId)
}

export function viewOf(message: StoredMessage): Message {
  const { id, channelId, author, content, createdAt, editedAt, thinking, usedBy, replyTo, metadata } = message
  const { embeds, components, flags, forwarded } = message
  return {
    ...{ id, channelId, author, content, createdAt, thinking, components },
    embeds: flags & suppressEmbeds ? [] : embeds,
    attachments: message.attachments.map(({ name, text }) => ({ name, text })),
    ephemeral: message.viewerId !== undefined,
    ...(editedAt !== undefined && { editedAt }),
    ...(usedBy && { usedBy }),
    ...(replyTo !== undefined && { replyTo }),
    ...(metadata && { interaction: String(metadata['id']) }),
    ...(forwarded && { forwarded }),
  }
}

const blank: Shown = { content: '', embeds: [], components: [], attachments: [], flags: 0 }

function store(world: World, origin: Origin, shown: Shown & { thinking: boolean }): StoredMessage {
  const id = world.nextId()
  const message = { id, createdAt: world.now(), dismissed: false, ...origin, ...shown }
  remember(world.messages, id, message)
  changed(world)
  return message
}

function revised(world: World, before: Shown, body: MessageBody, files: readonly Upload[]): Shown {
  const after: Shown = {
    content: body.content === undefined ? before.content : (body.content ?? ''),
    embeds: body.embeds === undefined ? before.embeds : (body.embeds ?? []),
    components: body.components === undefined ? before.components : (body.components ?? []),
    attachments: [...kept(before, body, files), ...files.map((file) => attached(world, file, body))],
    flags: (body.flags === undefined ? before.flags : (body.flags ?? 0)) | (before.flags & layoutFlag),
  }
  if (after.flags & layoutFlag) {
    const left = after.content ? 'content' : after.embeds.length > 0 ? 'embeds' : undefined
    if (left) throw invalidForm([{ path: [left], ...leftOver }])
    if (after.components.length > 0) return after
  }
  if (!after.content && after.embeds.length === 0 && after.attachments.length === 0) throw emptyMessage()
  return after
}

const leftOver = {
  code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
  message: 'This field must be null in an edit to MessageFlags.IS_COMPONENTS_V2',
}

function kept(before: Shown, { attachments }: MessageBody, files: readonly Upload[]): readonly StoredAttachment[] {
  for (const [index, { id }] of (attachments ?? []).entries()) {
    if ([...before.attachments.map((one) => one.id), ...files.map((file) => file.index)].includes(id)) continue
    const fault = { code: 'ATTACHMENT_NOT_FOUND', message: 'Attachment data not found' }
    throw invalidForm([{ path: ['attachments', index, 'id'], ...fault }])
  }
  if (attachments === undefined) return before.attachments
  return before.attachments.filter(({ id }) => attachments?.some((one) => one.id === id))
}

function attached(world: World, { index, name, type, text }: Upload, { attachments }: MessageBody): StoredAttachment {
  return { id: world.nextId(), name: attachments?.find(({ id }) => id === index)?.filename ?? name, type, text }
}
