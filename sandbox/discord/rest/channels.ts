import type { Request, Router } from 'express'
import { checked } from '../limits/form.ts'
import type { MessageBody } from '../limits/message.ts'
import { channelBodyFor, threadBody } from '../limits/message.ts'
import { missingPermissions, Refusal, unknownMessage } from '../refusal.ts'
import type { StoredMessage } from '../state/messages.ts'
import { editMessage, postMessage, removeMessage } from '../state/messages.ts'
import { channelForBot } from '../state/people.ts'
import { requireWritable, setThread } from '../state/threads.ts'
import type { World } from '../state/world.ts'
import { remember } from '../state/world.ts'
import { apiMessage } from '../payloads/message.ts'
import { apiChannel } from '../payloads/people.ts'
import { one, requireBot } from './answers.ts'
import { pageOf } from './history.ts'
import { uploadsOf } from './uploads.ts'

const nonceLife = 5 * 60_000

/** Messages that the bot posts, reads and edits without an interaction, with its permissions in the channel. */
export function channelRoutes(world: World, router: Router): void {
  router.get('/channels/:channel', (request, response) => {
    requireBot(world, request)
    const channel = channelForBot(world, one(request.params['channel']))
    const last_message_id = publicMessages(world, channel.id).at(-1)?.id ?? null
    response.json({ ...apiChannel(world, channel), last_message_id })
  })

  // Archiving needs Manage Threads, and so does opening one that is locked; else it is enough to be allowed to write.
  // https://discord.com/developers/docs/resources/channel#modify-channel
  router.patch('/channels/:channel', (request, response) => {
    requireBot(world, request)
    const { archived } = checked(threadBody, request.body ?? {})
    const id = one(request.params['channel'])
    const thread = world.threads.get(channelForBot(world, id, { send: true }).id)
    if (!thread || (!thread.managed && (archived || thread.locked))) throw missingPermissions()
    setThread(world, id, { archived })
    response.json(apiChannel(world, channelForBot(world, id)))
  })

  router.post('/channels/:channel/messages', (request, response) => {
    requireBot(world, request)
    const body = checked(channelBodyFor(request.body), request.body ?? {})
    const files = uploadsOf(response)
    const channelId = channelForBot(world, one(request.params['channel']), needsOf(body, files.length > 0)).id
    requireWritable(world, channelId, true)
    const nonce = body.nonce === undefined ? {} : { nonce: body.nonce }
    const author = { id: world.app.id, name: world.app.name, bot: true }
    const message = earlier(world, channelId, body) ?? postMessage(world, { channelId, author, ...nonce }, body, files)
    if (body.enforce_nonce && body.nonce !== undefined) {
      remember(world.nonces, `${channelId} ${body.nonce}`, { messageId: message.id, at: message.createdAt })
    }
    response.json(apiMessage(world, message))
  })

  router.get('/channels/:channel/messages', (request, response) => {
    requireBot(world, request)
    const { id } = channelForBot(world, one(request.params['channel']))
    response.json(
      pageOf(publicMessages(world, id), request.query).map((message) => withoutForeignContent(world, message)),
    )
  })

  router.get('/channels/:channel/messages/:message', (request, response) => {
    response.json(withoutForeignContent(world, publicMessage(world, request)))
  })

  router.patch('/channels/:channel/messages/:message', (request, response) => {
    const message = publicMessage(world, request)
    const body = checked(channelBodyFor(request.body, message.flags), request.body ?? {})
    if (!message.author.bot) throw new Refusal(403, 50005, 'Cannot edit a message authored by another user')
    requireWritable(world, message.channelId, false)
    editMessage(world, message, body, uploadsOf(response))
    response.json(apiMessage(world, message))
  })

  router.delete('/channels/:channel/messages/:message', (request, response) => {
    const message = publicMessage(world, request)
    // Without Manage Messages a bot takes away only what it wrote itself.
    if (!message.author.bot) throw missingPermissions()
    requireWritable(world, message.channelId, false)
    removeMessage(world, message.id)
    response.status(204).end()
  })
}

function needsOf(body: MessageBody, files: boolean) {
  return { send: true, embeds: Boolean(body.embeds?.length), files }
}

/** With enforce_nonce: the message that this nonce has made already. @throws Refusal 10008 when that one is gone. */
function earlier(
  world: World,
  channelId: string,
  { nonce, enforce_nonce: enforced }: MessageBody,
): StoredMessage | undefined {
  const known = enforced ? world.nonces.get(`${channelId} ${nonce}`) : undefined
  if (!known || world.now() - known.at > nonceLife) return undefined
  const message = world.messages.get(known.messageId)
  if (!message) throw unknownMessage()
  return message
}

function publicMessages(world: World, channelId: string): StoredMessage[] {
  return [...world.messages.values()].filter(
    (message) => message.channelId === channelId && message.viewerId === undefined,
  )
}

function publicMessage(world: World, request: Request): StoredMessage {
  requireBot(world, request)
  const { id } = channelForBot(world, one(request.params['channel']))
  const message = world.messages.get(one(request.params['message']))
  if (!message || message.channelId !== id || message.viewerId !== undefined) throw unknownMessage()
  return message
}

/** Without the message content intent a bot reads only what it wrote itself. */
function withoutForeignContent(world: World, message: StoredMessage) {
  const whole = apiMessage(world, message)
  return message.author.bot ? whole : { ...whole, content: '', embeds: [], components: [], attachments: [] }
}
