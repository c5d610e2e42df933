import { clientIdField, hintField, linkPath, localeField } from '../accounts/invitations.ts'
import { taskOf, type NotedTask } from '../accounts/link-task.ts'
import type { App } from '../context.ts'
import { DecryptionError } from '../crypto.ts'
import { reportError } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import type { MessageKey } from '../i18n.ts'
import type { Log } from '../log.ts'
import { StoreUnavailableError } from '../store/store.ts'

/** A failure with a page of its own. */
export class PageError extends UserError {
  readonly status: number
  readonly title: MessageKey
  /** Whether the way out may be a Spotify app of the person's own. */
  readonly offerOwnApp: boolean
  /** Where this linking came from, as far as that is known. */
  origin: LinkOrigin | undefined

  constructor(status: number, title: MessageKey, key: MessageKey, values?: UserError['values'], offerOwnApp = false) {
    // Null where it was kept in a session.
    super(key, values ?? undefined)
    this.status = status
    this.title = title
    this.offerOwnApp = offerOwnApp
  }

  /** Where linking begins once more, for the same message in Discord. */
  get again(): string {
    const { invitation, clientId, locale, ...noted } = this.origin ?? {}
    const task = taskOf(noted)
    // That message is somebody else's.
    const hint = this.key === 'problem.notInvited' ? undefined : invitation
    return linkPath({
      [hintField]: hint,
      [clientIdField]: clientId,
      [localeField]: locale,
      ...(task && { [task.kind]: '1' }),
    })
  }
}

/** The hint of the address that was followed, the person's own Spotify app, and what they link for. */
interface LinkOrigin extends NotedTask {
  readonly invitation?: string | undefined
  /** The language in which the person is answered in Discord. */
  readonly locale?: string | undefined
  readonly clientId?: string | undefined
}

/** The same error, from which the way leads on to where this linking came from. */
export function leadingBack(error: PageError, { invitation, clientId, task, save, locale }: LinkOrigin): PageError {
  error.origin = { invitation, clientId, task, save, locale }
  return error
}

/** The address in Discord of the answer that such a hint has come from, where that is known. Never rejects. */
export async function wayBack({ invitations, channelsUrl }: App, hint = ''): Promise<string | undefined> {
  const { place, message } = (await invitations.find(hint).catch(() => undefined)) ?? {}
  return place && [channelsUrl, place, ...(message ? [message] : [])].join('/')
}

/** The page for any failure. What the operator has to look at is logged. */
export function pageErrorFor(error: unknown, log: Log, path: string): PageError {
  if (error instanceof PageError) return error
  const { status: sent } = error as { status?: unknown }
  if (typeof sent === 'number' && sent >= 400 && sent < 500)
    return new PageError(sent, 'problem.title.unreadable', 'problem.unreadable')
  const { known, message } = reportError(error, log, { unexpected, path })
  // The link may be there all the same: these may fail after it was written.
  if (!known || unclear.some((kind) => error instanceof kind))
    return new PageError(known ? 424 : 500, 'problem.title.unfinished', 'problem.open', { sentence: message })
  const status = error instanceof UserError ? 400 : 424
  return new PageError(status, 'problem.title.unchanged', message.key, message.values, known.ownAppHelps)
}

const unclear = [StoreUnavailableError, DecryptionError]

const unexpected = 'A page failed unexpectedly: please report this line, it names no person'
