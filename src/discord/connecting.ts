import { setTimeout as sleep } from 'node:timers/promises'
import {
  DiscordAPIError,
  GatewayCloseCodes as Code,
  HTTPError,
  RateLimitError,
  Routes,
  type Client,
  type REST,
  type RESTGetAPIGatewayBotResult,
} from 'discord.js'
import type { Config } from '../config.ts'
import { failureCode, notTheApi, unreachable } from '../connection-messages.ts'
import { StartupError } from '../errors.ts'
import type { Log } from '../log.ts'
import { longest, type Waits } from './waits.ts'

const badToken = 'Discord does not accept DISCORD_TOKEN. Copy the bot token again.'

// Between two looks whether Discord lets the bot begin a session, where it names no time.
const soon = 60_000

interface SessionOptions {
  readonly apiUrl: string
  readonly slice: Config['discord']['shards']
  readonly waits: Waits
  readonly signal: AbortSignal
}

/** Connects to the gateway. Rejects with StartupError, and when the signal is aborted. */
export async function beginSession(client: Client, token: string, options: SessionOptions): Promise<void> {
  let address = options.apiUrl
  try {
    address = await gatewayWithSessions(client.rest, options)
    await client.login(token)
  } catch (cause) {
    options.signal.throwIfAborted()
    throw new StartupError(whyNoAnswer(cause, address), { cause })
  }
}

/** The gateway, once it lets the bot begin its sessions: those of a day are counted, and discord.js gives up without any. */
async function gatewayWithSessions(rest: REST, { apiUrl, slice, waits, signal }: SessionOptions): Promise<string> {
  for (;;) {
    const answer = (await rest.get(Routes.gatewayBot())) as Partial<RESTGetAPIGatewayBotResult>
    const { session_start_limit: limit, shards: recommended = 1, url } = answer
    if (!limit || typeof url !== 'string') throw new StartupError(notTheApi(apiUrl, 'DISCORD_API_URL'))
    if (limit.remaining >= (slice?.ids.length ?? recommended)) return url
    const wait = limit.reset_after > 0 ? limit.reset_after : soon
    waits.note(noSessions, wait)
    await sleep(Math.min(wait, longest), undefined, { signal, ref: false })
  }
}

/**
 * Interactions are posted to us; only whether Discord knows us is asked. Rejects with StartupError where it does not, and
 * with RateLimitError where it asks to wait.
 */
export async function compareKeys(rest: REST, publicKey: string, apiUrl: string, log: Log): Promise<void> {
  try {
    const { verify_key: key } = (await rest.get(Routes.currentApplication())) as { verify_key?: string }
    if (typeof key !== 'string') throw new StartupError(notTheApi(apiUrl, 'DISCORD_API_URL'))
    if (key.toLowerCase() !== publicKey.toLowerCase()) log.warn(otherKey)
  } catch (cause) {
    if (cause instanceof RateLimitError) throw cause
    if (cause instanceof DiscordAPIError && cause.status === 401) throw new StartupError(badToken, { cause })
    log.warn(`Nobody knows whether DISCORD_PUBLIC_KEY is right. ${whyNoAnswer(cause, apiUrl)}`)
  }
}

/** Why discord.js got no answer of Discord at this address, for the operator. */
export function whyNoAnswer(cause: unknown, address: string): string {
  const { code, status, message } = cause as { code?: unknown; status?: unknown; message?: string }
  if (cause instanceof StartupError) return cause.message
  if (code === 'TokenInvalid' || status === 401) return badToken
  if (cause instanceof RateLimitError)
    return `Discord asks to wait for ${Math.ceil(cause.retryAfter / 1000)} s. Start Hearsay again after that.`
  if (cause instanceof HTTPError)
    return `Discord answered ${status} again and again: it is broken down. Start Hearsay again in a minute; discordstatus.com says more.`
  if (!(cause instanceof DiscordAPIError)) return unreachable(address, failureCode(cause))
  return code === undefined
    ? notTheApi(address, 'DISCORD_API_URL')
    : `Discord refuses this bot: ${message} (${String(cause.code)})`
}

/** What a code asks for with which Discord has closed the gateway for good. */
export function closeHint(code: Code): string {
  if (code === Code.AuthenticationFailed) return 'DISCORD_TOKEN is not good (any more). Copy the bot token again.'
  return `Discord gave the reason ${code}; its documentation of gateway close codes says what that asks for.`
}

const noSessions =
  'The bot has used up the sessions that Discord lets it begin in a day: something starts it again and again, so look at its log. Discord lets it connect again at'

const otherKey =
  'DISCORD_PUBLIC_KEY is not the one that Discord has for this application, so everything it sends will be refused. ' +
  'Copy the public key again, under General Information in the Discord developer portal.'
