import {
  ComponentType,
  DiscordAPIError,
  RESTJSONErrorCodes as Code,
  Routes,
  SnowflakeUtil,
  type APIMessage,
  type APITextChannel,
  type REST,
} from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { Log } from '../log.ts'
import type { Publisher } from '../roundups/roundups.ts'
import { inviteId } from '../views/roundup-id.ts'
import { roundupPage } from '../views/roundup.ts'

const mostPages = 10
const pageSize = 100

/** Carries roundups over Discord's REST API, as the bot itself and not as the answer to anybody. */
export function createPublisher(rest: REST, log: Log): Publisher {
  return {
    async newest(channel, signal) {
      try {
        const about = (await rest.get(Routes.channel(channel), { signal }).catch(ifClosed)) as APITextChannel | 'closed'
        // Null in a channel without messages; absent in what is no channel.
        if (about !== 'closed' && about.last_message_id === undefined) throw new Error('Discord sent no channel')
        return about === 'closed' ? about : { id: about.last_message_id ?? '0' }
      } catch (error) {
        if (signal.aborted) throw error
        // Without it the search begins by the clock here, well before now.
        return { id: String(SnowflakeUtil.generate({ timestamp: Date.now() - 10 * 60_000 })) }
      }
    },
    async post(channel, page, nonce, signal) {
      const body = { ...jsonOf(roundupPage(page)), nonce, enforce_nonce: true }
      try {
        const posted = (await rest.post(Routes.channelMessages(channel), { body, signal })) as APIMessage
        // It is looked for before it is posted again.
        if (!posted?.id) throw new Error('Discord sent no message')
        return { channel, message: posted.id }
      } catch (error) {
        // The nonce has made a message, which somebody has deleted since.
        if (error instanceof DiscordAPIError && error.code === Code.UnknownMessage) return 'gone'
        return ifClosed(error)
      }
    },
    async find(channel, id, message, signal) {
      let after = message
      for (let page = 1; page <= mostPages; page += 1) {
        const query = new URLSearchParams({ after, limit: String(pageSize) })
        const asked = rest.get(Routes.channelMessages(channel), { query, signal })
        const posted = (await asked.catch(ifClosed)) as APIMessage[] | 'closed'
        if (posted === 'closed') return posted
        const found = posted.find((message) => carries(message, `${inviteId}${id}`))
        if (found) return { channel, message: found.id }
        const newest = posted.map(({ id }) => id).reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b), after)
        if (posted.length < pageSize || newest === after) return undefined
        after = newest
      }
      return undefined
    },
    async update({ channel, message }, page) {
      await rest
        .patch(Routes.channelMessage(channel, message), { body: jsonOf(roundupPage(page)) })
        .catch((err: unknown) => log.debug({ err }, 'A roundup in the chat could not be changed'))
    },
    async remove({ channel, message }) {
      await rest
        .delete(Routes.channelMessage(channel, message))
        .catch((err: unknown) => log.info({ err }, 'A second message of a roundup could not be deleted'))
    },
    async notify(person, channel, nonce) {
      const content =
        `The weekly roundup in <#${channel}> is paused: for three weeks I could not post there, because the channel ` +
        'is gone or closed to me. `/roundup schedule` in that server sets up another one.'
      try {
        const direct = (await rest.post(Routes.userChannels(), { body: { recipient_id: person } })) as { id: string }
        const body = { ...jsonOf({ content }), nonce, enforce_nonce: true }
        await rest.post(Routes.channelMessages(direct.id), { body })
      } catch (err) {
        log.info({ err }, 'Somebody takes no direct messages, so they do not know that their roundup is paused')
      }
    },
  }
}

/** The client's own `allowedMentions` does not apply to raw requests. */
function jsonOf({ content = '', embeds = [], components = [] }: MessageBody) {
  return { content, embeds, components, allowed_mentions: { parse: [] } }
}

function carries({ components = [] }: APIMessage, customId: string): boolean {
  const rows = components.filter((row) => row.type === ComponentType.ActionRow)
  return rows.some((row) => row.components.some((one) => 'custom_id' in one && one.custom_id === customId))
}

/** "closed" where trying again would not help: posting on to such a channel gets a bot banned. Throws what else it is. */
function ifClosed(error: unknown): 'closed' {
  if (!(error instanceof DiscordAPIError)) throw error
  if (error.status === 403 || error.status === 404 || closed.includes(Number(error.code))) return 'closed'
  throw error
}

const closed: readonly number[] = [
  Code.CannotSendMessagesInNonTextChannel,
  Code.CannotExecuteActionOnThisChannelType,
  Code.InvalidActionOnArchivedThread,
  Code.ThreadLocked,
]
