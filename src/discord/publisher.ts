import {
  DiscordAPIError,
  MessageFlags,
  RESTJSONErrorCodes as Code,
  Routes,
  SnowflakeUtil,
  type APIMessage,
  type APITextChannel,
  type REST,
} from 'discord.js'
import type { MessageBody } from '../command.ts'
import { createLanguages, type Translate } from '../i18n.ts'
import type { Log } from '../log.ts'
import type { Publisher, RoundupPage } from '../roundups/roundups.ts'
import { nested } from '../views/components.ts'
import { inviteId } from '../views/roundup-id.ts'
import { roundupPage } from '../views/roundup.ts'
import { createDirects, within, type Directs } from './directs.ts'
import { isForGood } from './gone.ts'
import { layoutPayload } from './layout.ts'

const mostPages = 10
const pageSize = 100

/** Carries roundups over Discord's REST API, as the bot itself and not as the answer to anybody. */
export function createPublisher(
  rest: REST,
  log: Log,
  languages = createLanguages(),
  directs: Pick<Directs, 'notify'> = createDirects(rest, log, languages),
): Publisher {
  /** Where nobody has chosen one, the operator's. */
  const words = (locale = ''): Translate => languages.memo(locale)
  const noLongerShown = (page?: RoundupPage) => ({ content: words(page?.locale)('roundup.gone') })
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
      const body = { ...layoutJson(roundupPage(page, words(page.locale))), nonce, enforce_nonce: true }
      const send = () => rest.post(Routes.channelMessages(channel), { body, signal }) as Promise<APIMessage>
      try {
        const posted = await send().catch(async (error: unknown) => {
          // A thread is archived after days without a message; this one is to be seen.
          if (!isArchived(error)) throw error
          await rest.patch(Routes.channel(channel), { body: { archived: false }, signal })
          return send()
        })
        // It is looked for before it is posted again.
        if (!posted?.id) throw new Error('Discord sent no message')
        return { channel, message: posted.id }
      } catch (error) {
        // The nonce has made a message, which somebody has deleted since.
        if (error instanceof DiscordAPIError && error.code === Code.UnknownMessage) return 'gone'
        if (isClosed(error)) return 'closed'
        if (isTurnedAway(error)) {
          log.warn({ err: error, channel }, between)
          return 'turned away'
        }
        if (!isForGood(error)) throw error
        log.warn({ err: error, channel }, 'Discord refuses a roundup for good, so it is not posted')
        return 'refused'
      }
    },
    async find(channel, id, message, signal) {
      let after = message
      for (let page = 1; page <= mostPages; page += 1) {
        const query = new URLSearchParams({ after, limit: String(pageSize) })
        const asked = rest.get(Routes.channelMessages(channel), { query, signal })
        const posted = (await asked.catch(ifAnswered)) as APIMessage[] | 'closed' | 'turned away'
        if (typeof posted === 'string') return posted
        const found = posted.find((message) => carries(message, `${inviteId}${id}`))
        if (found) return { channel, message: found.id }
        const newest = posted.map(({ id }) => id).reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b), after)
        if (posted.length < pageSize || newest === after) return undefined
        after = newest
      }
      return undefined
    },
    async update({ channel, message }, page, signal) {
      const patch = async (shown: MessageBody) => {
        await rest.patch(Routes.channelMessage(channel, message), {
          body: layoutJson(shown, true),
          signal: within(signal),
        })
        return 'done' as const
      }
      // What is on it now is not to stay for something else on the page that Discord does not take.
      const bare = (error: unknown) => {
        if (isForGood(error) && error.status === 400 && !isArchived(error)) return patch(noLongerShown(page))
        throw error
      }
      const failed = (error: unknown) => (isArchived(error) ? 'archived' : verdictOn(error))
      return patch(page ? roundupPage(page, words(page.locale)) : noLongerShown())
        .catch(bare)
        .catch(failed)
    },
    async setArchived(channel, isArchived, signal) {
      const body = { archived: isArchived }
      const done = rest.patch(Routes.channel(channel), { body, signal: within(signal) })
      return done.then(() => 'done' as const).catch(verdictOn)
    },
    async remove({ channel, message }) {
      await rest
        .delete(Routes.channelMessage(channel, message))
        .catch((err: unknown) => log.info({ err }, 'A second message of a roundup could not be deleted'))
    },
    notify: directs.notify,
  }
}

const between =
  'Something between here and Discord turned a roundup away: look at what your requests to Discord pass through'

/**
 * Roundups are posted as Components V2; those of 0.1.0, which are embeds, become that with their first change. The client's
 * own `allowedMentions` does not apply to raw requests.
 */
function layoutJson(body: MessageBody, isEdit = false) {
  const flags = MessageFlags.IsComponentsV2
  return { ...layoutPayload(body, isEdit), flags, allowed_mentions: { parse: [] } }
}

function carries({ components = [] }: APIMessage, customId: string): boolean {
  return components.flatMap(nested).some((one) => 'custom_id' in one && one.custom_id === customId)
}

/** What became of a change. Throws what may be tried again. */
function verdictOn(error: unknown): 'gone' | 'refused' {
  if (!isForGood(error)) throw error
  return gone.includes(Number(error.code)) ? 'gone' : 'refused'
}

function ifClosed(error: unknown): 'closed' {
  if (isForGood(error)) return 'closed'
  throw error
}

function ifAnswered(error: unknown): 'closed' | 'turned away' {
  return isTurnedAway(error) ? 'turned away' : ifClosed(error)
}

/** Whether something in between has answered, in no form of Discord's: discord.js trips over some of what it reads. */
function isTurnedAway(error: unknown): boolean {
  if (error instanceof SyntaxError || error instanceof TypeError) return true
  const isAnswer = error instanceof DiscordAPIError && ![401, 429].includes(error.status)
  return isAnswer && !isForGood(error)
}

/** Where the channel is the reason: posting on to such a channel gets a bot banned. */
function isClosed(error: unknown): boolean {
  return isForGood(error) && (error.status === 403 || error.status === 404 || closed.includes(Number(error.code)))
}

function isArchived(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === Code.InvalidActionOnArchivedThread
}

const gone: readonly number[] = [Code.UnknownChannel, Code.UnknownMessage]

const closed: readonly number[] = [
  Code.CannotSendMessagesInNonTextChannel,
  Code.CannotExecuteActionOnThisChannelType,
  Code.InvalidActionOnArchivedThread,
  Code.ThreadLocked,
]
