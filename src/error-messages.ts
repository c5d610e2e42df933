import { randomBytes } from 'node:crypto'
import * as accounts from './accounts/errors.ts'
import { DecryptionError } from './crypto.ts'
import { DiscordClientError, StartupError, UserError } from './errors.ts'
import type { Log } from './log.ts'
import * as spotify from './spotify/errors.ts'
import { StoreFullError, StoreReadOnlyError, StoreUnavailableError, UnreadableRecordError } from './store/store.ts'

interface ErrorMessage {
  /** For the person: what happened and what to do. */
  readonly sentence: string
  /** For the operator, with the fix; undefined where there is nothing for them to do. */
  readonly operator?: string | undefined
  /** Whether linking through a Spotify app of their own would help the person. */
  readonly ownAppHelps?: boolean
}

/** The one place where failures become words. Undefined for an unexpected one. */
export function errorMessage(error: unknown): ErrorMessage | undefined {
  if (error instanceof UserError) return { sentence: error.message }
  if (error instanceof spotify.RateLimitedError) return { sentence: waiting(error) }
  if (error instanceof accounts.MassRefusalError) return turnedAway(error)
  const [, sentence, operator, ownAppSentence] = sentences.find(([kind]) => error instanceof kind) ?? []
  if (!sentence) return undefined
  if (ownAppSentence && error instanceof spotify.SpotifyError && error.ownApp) return { sentence: ownAppSentence }
  return { sentence, operator, ownAppHelps: error instanceof spotify.NotAllowedError }
}

/** The sentence for the operator at the terminal, for a failure to start or go on; undefined for an unexpected one. */
export function startupMessage(error: unknown): string | undefined {
  // What came first explains the rest: closing failed after it.
  if (error instanceof SuppressedError) return startupMessage(error.suppressed)
  return error instanceof StartupError || error instanceof StoreUnavailableError ? error.message : undefined
}

/** What to tell the person, and where the operator can mend it a line in the log, both with the same reference. */
export function reportError(
  error: unknown,
  log: Log,
  { unexpected, ...about }: { readonly unexpected: string; readonly [about: string]: string },
) {
  const message = errorMessage(error)
  if (message && message.operator === undefined) return { message, sentence: message.sentence }
  const reference = randomBytes(2).toString('hex')
  log.error({ err: error, reference, ...about }, message?.operator ?? unexpected)
  const sentence = message ? `${message.sentence} (ref ${reference})` : `Something went wrong (ref ${reference}).`
  return { message, sentence, reference }
}

function waiting(error: spotify.RateLimitedError): string {
  const { until, reason, ownApp } = error
  const moment = `<t:${Math.ceil(until / 1000)}:R>`
  if (error instanceof spotify.BudgetError)
    return `${budgetSpent(error, moment)} \`/liked recent\` and \`/liked when\` work right now.`
  if (reason === 'quota')
    return `${ownApp ? 'The Spotify app behind this connection' : 'Hearsay'} has used up what Spotify grants it for a day. Spotify answers again ${moment}.`
  return `Spotify asks us to wait. Please try again ${moment}.`
}

function budgetSpent({ needed, left, isPossible }: spotify.BudgetError, moment: string): string {
  if (needed === undefined)
    return `I have no requests to Spotify left today for going through all of these songs. Please try again ${moment}.`
  const takes = `Going through all of these songs takes about ${needed} ${needed === 1 ? 'request' : 'requests'} to Spotify`
  if (!isPossible) return `${takes}. That is more than I can make in a day, so it won't be possible ${moment} either.`
  return `${takes}, and I have ${left > 0 ? left : 'none'} left for that today. I can do it ${moment}.`
}

function turnedAway({ until }: accounts.MassRefusalError): ErrorMessage {
  return {
    sentence: `Spotify is turning many people away right now. You stay linked; please try again <t:${Math.ceil(until / 1000)}:R>.`,
    operator:
      'Spotify refused many people at once (invalid_grant). Nobody was unlinked and refreshing pauses for a minute; see status.spotify.dev if it goes on',
  }
}

type ErrorClass = abstract new (...parameters: never[]) => Error

/**
 * For the person; for the operator, where there is something for them to do; and for the person where it failed at an
 * app that somebody brought, about which the operator can do nothing.
 */
const sentences: readonly (readonly [ErrorClass, person: string, operator?: string | undefined, ownApp?: string])[] = [
  [
    DiscordClientError,
    'Discord does not accept this bot at the moment. Nothing was changed; whoever runs the bot has been told.',
    'Discord refused the application at its token endpoint: check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET',
  ],
  [accounts.NotLinkedError, 'You have not linked your Spotify account yet. Use `/link` first.'],
  [
    accounts.ConsentEndedError,
    'Spotify has ended its connection with Hearsay: it lasts six months, or until you remove it there. `/link` makes a new one.',
  ],
  [
    accounts.ScopeMissingError,
    'Spotify did not grant reading your liked songs, so nothing was changed. Please start again and leave that in.',
  ],
  [
    accounts.UnlinkedMeanwhileError,
    'You unlinked while this was under way, so nothing was linked. Please start again if you want to.',
  ],
  [accounts.RefreshBusyError, 'Your connection to Spotify is being renewed right now. Please try again in a moment.'],
  [
    DecryptionError,
    'Hearsay cannot open what it keeps about your connection. Whoever runs it has to look at its keys; nothing is lost.',
    'A stored token does not open. If TOKEN_KEYS was changed, put the earlier key back behind the new one',
  ],
  [
    StoreFullError,
    'My database is full, so I cannot save anything new. Nothing is lost; please try again later. Unlinking, leaving and ending sharing still work.',
    'The store is full. Make room on the disk under DATA_DIR, or raise the maxmemory of the Redis behind REDIS_URL',
  ],
  [
    StoreReadOnlyError,
    "My database takes no changes right now, so I can't save or delete anything. What is stored stays as it was; please try again later.",
    'The store answers and refuses every change, deletions too. Redis says why: MISCONF, it cannot write to its disk (look at its disk and its log); READONLY, it is a replica; NOREPLICAS, it has lost its replicas',
  ],
  [
    UnreadableRecordError,
    'I cannot read what I stored about your connection. `/unlink` deletes it, and `/link` makes a new one.',
    'A stored record is not what Hearsay wrote. Put it back from a backup; `npm run keys` names it where it is a connection',
  ],
  [
    StoreUnavailableError,
    'Hearsay cannot reach its memory right now. Nothing is lost; please try again in a minute.',
    'The store does not answer. Check REDIS_URL and the server behind it, or the disk under DATA_DIR',
  ],
  [
    spotify.NotAllowedError,
    'Spotify does not let this Spotify account use Hearsay yet. Ask whoever runs the bot to add its email address under "User Management" in the Spotify dashboard.',
    undefined,
    'Spotify does not let this Spotify account use the app that it was linked through. Whoever owns that app has to add the account’s email address under "User Management" in the Spotify dashboard.',
  ],
  [
    spotify.OwnerPremiumError,
    'Spotify answers nobody here right now, because the Premium of the account behind this bot has lapsed. Whoever runs the bot has to renew it.',
    'Spotify answered 403: the owner of the Spotify app needs an active Premium subscription',
    'Spotify answers nobody through the app that this connection was made with, because its owner has no Premium at the moment.',
  ],
  [spotify.ScopeError, 'Your consent on Spotify does not cover this. Please unlink, and connect again.'],
  [
    spotify.InvalidClientError,
    'Spotify does not accept this bot at the moment. Your connection is safe; whoever runs the bot has been told.',
    'Spotify answered invalid_client: check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET',
    'Spotify does not know the app that this connection was made through: it is gone, or its Client ID is wrong. Use `/link` with the Client ID of an app that exists.',
  ],
  [
    spotify.InvalidGrantError,
    'Spotify did not accept this sign-in: it was used already or took too long. Please start again.',
  ],
  [spotify.UnauthorizedError, 'Spotify does not accept your connection at the moment. Please try again in a minute.'],
  [
    spotify.RefusedError,
    'Spotify did not accept this request. If you chose a market, it may not know that country; else please try again.',
  ],
  [spotify.SpotifyDownError, 'Spotify did not answer, or not with sense. Please try again in a minute.'],
]
