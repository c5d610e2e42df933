import {
  DiscordAPIError,
  RESTJSONErrorCodes as Code,
  Routes,
  type APIMessage,
  type APIDMChannel,
  type REST,
} from 'discord.js'
import type { MessageBody } from '../command.ts'
import { createLanguages } from '../i18n.ts'
import type { Log } from '../log.ts'
import type { DirectMessages } from '../reminders/remind.ts'
import { pauseAfter } from '../roundups/backoff.ts'
import type { Publisher } from '../roundups/roundups.ts'
import { isReminder, reminderMessage } from '../views/reminder.ts'
import { noticeText } from '../views/roundup-settings.ts'
import { isForGood } from './gone.ts'

// A bot that opens many conversations at once is taken for one that sends spam.
const mostConversations = 5
const minute = 60_000
const longest = minute

export type Directs = DirectMessages & Pick<Publisher, 'notify'>

/** Direct messages over Discord's REST API, as the bot itself. `now`: monotonic, in milliseconds. */
export function createDirects(
  rest: REST,
  log: Log,
  languages = createLanguages(),
  channelsUrl = 'https://discord.com/channels',
  now = () => performance.now(),
): Directs {
  let begun: readonly number[] = []
  let restsUntil = -Infinity
  let tooMany = 0
  const wait = (): number => {
    const turn = (begun.at(-mostConversations) ?? -Infinity) + minute
    return Math.max(turn - now(), restsUntil - now(), 0)
  }

  return {
    wait,
    open,
    remind(channel, reminder, signal) {
      const sent = orRefused(
        send(channel, reminderMessage(reminder, languages.memo(reminder.locale ?? '')), reminder.mark, signal),
      )
      return sent.catch((error: unknown) => {
        // The nonce has made a message, which is gone by now.
        if (error instanceof DiscordAPIError && error.code === Code.UnknownMessage) return 'gone' as const
        throw error
      })
    },
    async findReminder(channel, mark, after, signal) {
      const query = new URLSearchParams({ after, limit: '100' })
      const route = Routes.channelMessages(channel)
      const messages = await orRefused(rest.get(route, { query, signal: within(signal) }) as Promise<APIMessage[]>)
      if (typeof messages === 'string') return messages
      const found = messages.find(({ components = [] }) => isReminder(components, mark))
      return found && { channel, message: found.id }
    },
    async remove({ channel, message }) {
      await rest
        .delete(Routes.channelMessage(channel, message))
        .catch((err: unknown) => log.info({ err }, 'A second reminder could not be deleted'))
    },
    async notify(person, notice, nonce) {
      const notBefore = wait()
      if (notBefore > 0) return { in: notBefore }
      const signal = AbortSignal.timeout(longest)
      const opened = await open(person, signal)
      const sent =
        typeof opened === 'object'
          ? await orRefused(
              send(
                opened.channel,
                { content: noticeText(notice, languages.memo(notice.locale ?? ''), channelsUrl) },
                nonce,
                signal,
              ),
            )
          : opened
      if (sent === 'not now') throw new Error('Discord does not let me write to somebody now')
      return undefined
    },
  }

  async function open(person: string, signal: AbortSignal) {
    begun = [...begun, now()].slice(-mostConversations)
    const body = { recipient_id: person }
    const opening = rest.post(Routes.userChannels(), { body, signal: within(signal) }) as Promise<APIDMChannel>
    return orRefused(opening.then(({ id, last_message_id }) => ({ channel: id, newest: last_message_id ?? '0' })))
  }

  async function send(channel: string, message: MessageBody, nonce: string, signal: AbortSignal) {
    const { content, components = [] } = message
    const body = { content, components, allowed_mentions: { parse: [] }, nonce, enforce_nonce: true }
    const sent = (await rest.post(Routes.channelMessages(channel), { body, signal: within(signal) })) as APIMessage
    // It is looked for before it is sent again.
    if (!sent?.id) throw new Error('Discord sent no message')
    tooMany = 0
    return { channel, message: sent.id }
  }

  /** What it comes to; rejects with what is about all conversations, or about none. */
  async function orRefused<Sent>(work: Promise<Sent>): Promise<Sent | 'never' | 'not now'> {
    try {
      return await work
    } catch (err) {
      const code = err instanceof DiscordAPIError ? err.code : undefined
      if (code === Code.OpeningDirectMessagesTooFast) restsUntil = now() + pauseAfter(tooMany++, minute)
      if (!isForGood(err) || passing.includes(Number(code))) throw err
      if (theirs.includes(Number(code))) {
        log.info({ err }, 'Somebody takes no direct messages, so one to them was not sent')
        return 'never'
      }
      // It may be untrue for people who have only installed the bot for themselves.
      if (code !== Code.MissingAccess) log.warn({ err }, refusedUnknown)
      return 'not now'
    }
  }
}

const refusedUnknown =
  'Discord refused a direct message, and not because of who was to get it. It is tried again a few times; if this goes on, look in the Developer Portal whether the application is restricted'

/** What is about the person alone. */
const theirs: readonly number[] = [
  Code.CannotSendMessagesToThisUser,
  Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds,
  Code.UnknownUser,
]
const passing: readonly number[] = [Code.OpeningDirectMessagesTooFast, Code.UnknownMessage]

/** Discord waits itself where it asks to, which may be for long. */
export function within(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(longest)])
}
