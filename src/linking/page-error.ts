import { DecryptionError } from '../crypto.ts'
import { reportError } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { StoreUnavailableError } from '../store/store.ts'
import { stripMarkdown } from './html.ts'

/** A failure with a page of its own. */
export class PageError extends UserError {
  readonly status: number
  readonly title: string
  /** Whether the way out may be a Spotify app of the person's own. */
  readonly offerOwnApp: boolean

  constructor(status: number, title: string, sentence: string, offerOwnApp = false) {
    super(sentence)
    this.status = status
    this.title = title
    this.offerOwnApp = offerOwnApp
  }
}

/** The page for any failure. What the operator has to look at is logged. */
export function pageErrorFor(error: unknown, log: Log, path: string): PageError {
  if (error instanceof PageError) return error
  const { status } = error as { status?: unknown }
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new PageError(status, 'That did not fit', 'This form or address cannot be read.')
  const { sentence, message } = reportError(error, log, { unexpected, path })
  // The link may be there all the same: these may fail after it was written.
  if (!message || unclear.some((kind) => error instanceof kind))
    return new PageError(message ? 424 : 500, 'Not finished', `${stripMarkdown(sentence)} ${howItStands}`)
  const isRequest = error instanceof UserError
  return new PageError(isRequest ? 400 : 424, 'Nothing changed', stripMarkdown(sentence), message.ownAppHelps)
}

const unclear = [StoreUnavailableError, DecryptionError]

/** Where nobody knows what became of it. */
export const howItStands = 'In Discord, /account status says whether you are linked.'
const unexpected = 'A page failed unexpectedly: please report this line, it names no person'
