import { randomBytes } from 'node:crypto'
import * as accounts from './accounts/errors.ts'
import { DecryptionError } from './crypto.ts'
import { DiscordClientError, SongError, StartupError, UserError } from './errors.ts'
import type { Message, MessageKey } from './i18n.ts'
import { LocaleError } from './locale-files.ts'
import type { Log } from './log.ts'
import * as spotify from './spotify/errors.ts'
import { playlistUrl } from './spotify/playlists.ts'
import { StoreFullError, StoreReadOnlyError, StoreUnavailableError, UnreadableRecordError } from './store/store.ts'

interface ErrorMessage {
  /** For the person: what happened and what to do. */
  readonly message: Message
  /** For the operator, with the fix; undefined where there is nothing for them to do. */
  readonly operator?: string | undefined
  /** Whether linking through a Spotify app of their own would help the person. */
  readonly ownAppHelps?: boolean
  /** The label of the button that lets them go on, where linking does. */
  readonly linking?: MessageKey | undefined
}

/** The one place where failures become words. Undefined for an unexpected one. */
export function errorMessage(error: unknown): ErrorMessage | undefined {
  if (error instanceof UserError) return { message: error }
  if (error instanceof SongError) {
    const known = errorMessage(error.cause)
    return known && { ...known, message: { key: 'save.failed', values: { song: error.song, sentence: known.message } } }
  }
  if (error instanceof accounts.PlaylistError) {
    const known = errorMessage(error.cause)
    const values = { url: playlistUrl(error.id), count: error.done }
    return (
      known && { ...known, message: { key: 'playlist.unfinished', values: { ...values, sentence: known.message } } }
    )
  }
  if (error instanceof spotify.RateLimitedError) return { message: waiting(error) }
  if (error instanceof accounts.MassRefusalError) return turnedAway(error)
  if (error instanceof StoreFullError)
    return { message: { key: 'error.storeFull' }, operator: `The store is full. ${error.remedy}` }
  const [, key, operator, ownAppKey] = failures.find(([kind]) => error instanceof kind) ?? []
  if (!key) return undefined
  if (ownAppKey && error instanceof spotify.SpotifyError && error.ownApp) return { message: { key: ownAppKey } }
  const [, linking] = linkable.find(([kind]) => error instanceof kind) ?? []
  const purpose = error instanceof accounts.NotLinkedError ? error.purpose : undefined
  const isDown = operator === undefined && error instanceof StoreUnavailableError
  const advice = isDown ? `The store does not answer. ${error.remedy}` : operator
  return {
    message: purpose ?? { key },
    operator: advice,
    ownAppHelps: error instanceof spotify.NotAllowedError,
    linking,
  }
}

/** The sentence for the operator at the terminal, for a failure to start or go on; undefined for an unexpected one. */
export function startupMessage(error: unknown): string | undefined {
  // What came first explains the rest: closing failed after it.
  if (error instanceof SuppressedError) return startupMessage(error.suppressed)
  return ofStart.some((kind) => error instanceof kind) ? (error as Error).message : undefined
}

const ofStart = [StartupError, LocaleError, StoreUnavailableError]

/**
 * What to tell the person, and where the operator can mend it a line in the log, both with the same reference. `known`
 * is undefined for an unexpected failure.
 */
export function reportError(
  error: unknown,
  log: Log,
  { unexpected, ...about }: { readonly unexpected: string; readonly [about: string]: string },
) {
  const known = errorMessage(error)
  if (known && known.operator === undefined) return { known, message: known.message }
  const reference = randomBytes(2).toString('hex')
  log.error({ err: error, reference, ...about }, known?.operator ?? unexpected)
  const message: Message = known
    ? { key: 'error.withReference', values: { sentence: known.message, reference } }
    : error instanceof SongError
      ? { key: 'save.failed.unexpected', values: { song: error.song, reference } }
      : { key: 'error.unexpected.page', values: { reference } }
  return { known, message, reference }
}

function waiting(error: spotify.RateLimitedError): Message {
  const { until, reason, ownApp } = error
  const when = `<t:${Math.ceil(until / 1000)}:R>`
  const limit = { key: ownApp ? 'error.limit.ownApp' : 'error.limit' } as const
  if (error instanceof spotify.BudgetError) return budgetSpent(error, { when, limit })
  if (reason === 'quota') return { key: 'error.quota', values: { when, limit } }
  return { key: 'error.wait', values: { when } }
}

function budgetSpent(
  { needed: count, left, isPossible }: spotify.BudgetError,
  about: { readonly when: string; readonly limit: Message },
): Message {
  if (count === undefined) return { key: 'error.budget.unknown', values: about }
  if (!isPossible) return { key: 'error.budget.never', values: { ...about, count } }
  return left > 0
    ? { key: 'error.budget', values: { ...about, count, left } }
    : { key: 'error.budget.none', values: { ...about, count } }
}

function turnedAway({ until }: accounts.MassRefusalError): ErrorMessage {
  return {
    message: { key: 'error.massRefusal', values: { when: `<t:${Math.ceil(until / 1000)}:R>` } },
    operator:
      'Spotify refused many people at once (invalid_grant). Nobody was unlinked and refreshing pauses for a minute; see status.spotify.dev if it goes on',
  }
}

// Of somebody else's connection nobody is told: access sees to that.
const linkable: readonly (readonly [ErrorClass, MessageKey])[] = [
  [accounts.NotLinkedError, 'button.link'],
  [accounts.ConsentEndedError, 'button.renew'],
]

type ErrorClass = abstract new (...parameters: never[]) => Error

/**
 * For the person; for the operator, where there is something for them to do; and for the person where it failed at an
 * app that somebody brought, about which the operator can do nothing.
 */
const failures: readonly (readonly [ErrorClass, MessageKey, operator?: string | undefined, ownApp?: MessageKey])[] = [
  [
    DiscordClientError,
    'error.discordRefuses',
    'Discord refused the application at its token endpoint: check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET',
  ],
  [accounts.NotLinkedError, 'error.notLinked'],
  [accounts.ConsentEndedError, 'error.connectionEnded'],
  [accounts.PublicPlaylistError, 'playlist.public'],
  [accounts.ScopeMissingError, 'error.scopeMissing'],
  [accounts.UnlinkedMeanwhileError, 'error.unlinkedMeanwhile'],
  [accounts.RefreshBusyError, 'error.refreshBusy'],
  [
    DecryptionError,
    'error.tokenUnreadable',
    'A stored token does not open. If the keys were changed (TOKEN_KEYS, or token-keys in DATA_DIR), put the earlier key back behind the new one',
  ],
  [
    StoreReadOnlyError,
    'error.storeReadOnly',
    'The store answers and refuses every change, deletions too. Redis says why: MISCONF, it cannot write to its disk (look at its disk and its log); READONLY, it is a replica; NOREPLICAS, it has lost its replicas',
  ],
  [
    UnreadableRecordError,
    'error.recordUnreadable',
    'A stored record is not what Hearsay wrote. Put it back from a backup; `npm run keys` names it where it is a connection',
  ],
  [StoreUnavailableError, 'error.storeDown'],
  [spotify.NotAllowedError, 'error.notAllowed', undefined, 'error.notAllowed.ownApp'],
  [
    spotify.OwnerPremiumError,
    'error.premium',
    'Spotify answered 403: the owner of the Spotify app needs an active Premium subscription',
    'error.premium.ownApp',
  ],
  [spotify.ScopeError, 'error.scope'],
  [
    spotify.InvalidClientError,
    'error.spotifyRefuses',
    'Spotify answered invalid_client: check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET. After a move to another Spotify app, everybody who linked through the earlier one has to use /link again',
    'error.spotifyRefuses.ownApp',
  ],
  [spotify.InvalidGrantError, 'error.grantRefused'],
  [spotify.UnauthorizedError, 'error.unauthorized'],
  [spotify.RefusedError, 'error.spotifyRequest'],
  [spotify.SpotifyDownError, 'error.spotifyDown'],
]
