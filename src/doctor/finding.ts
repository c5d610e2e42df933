import { failureCode, notTheApi, unreachable } from '../connection-messages.ts'
import { HttpError, parseRetryAfter, type Http, type HttpRequest } from '../http.ts'

/** What one check found, for one line. */
export interface Finding {
  /** "note" is for knowing, or for doing by hand; only "wrong" lets the doctor end with 1. */
  readonly verdict: 'ok' | 'note' | 'wrong'
  /** What was looked at. */
  readonly about: string
  /** Whole sentences, without a secret; where something is wrong, with what to do. */
  readonly says: string
  /** It is wrong because nobody has answered the question: what was set may be good. */
  readonly unanswered?: true
}

export const ok = (about: string, says: string): Finding => ({ verdict: 'ok', about, says })
export const note = (about: string, says: string): Finding => ({ verdict: 'note', about, says })
export const wrong = (about: string, says: string): Finding => ({ verdict: 'wrong', about, says })
export const unanswered = (about: string, says: string): Finding => ({ ...wrong(about, says), unanswered: true })

export function lineOf({ verdict, about, says }: Finding): string {
  return `${verdict.padEnd(6)}${about}: ${says}`
}

/** An answer, its body also as JSON where it is JSON; with status 0 there is none. */
export interface Asked {
  readonly status: number
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
  /** With a 429: when it may be asked again, as a sentence. */
  readonly wait: string
  /** Why there is no answer, as the name of a system error. */
  readonly silent?: string
}

/** Never rejects over what the other side does or leaves undone. */
export async function ask(http: Http, url: string, request?: HttpRequest): Promise<Asked> {
  try {
    const { status, headers, body } = await http(url, request)
    return { status, text: String(body), body: jsonIn(String(body)), wait: waitIn(headers['retry-after']) }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return { status: 0, text: '', body: {}, wait: '', silent: error.timedOut ? 'ETIMEDOUT' : failureCode(error) }
  }
}

/** A form, sent with an app's id and secret. */
export function credentialsForm(id: string, secret: string, form: Record<string, string>): HttpRequest {
  return {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: String(new URLSearchParams(form)),
  }
}

/** Why there is no answer of a provider in this, in words for the operator; undefined where there may be one. */
export function whyNone({ silent, status, text, wait }: Asked, url: string, variable: string): string | undefined {
  if (silent) return unreachable(url, silent)
  if (status === 429) return `${new URL(url).host} asks to wait. ${wait}`
  // A provider that breaks down may say so with a page.
  return status < 500 && /^\s*</.test(text) ? notTheApi(url, variable) : undefined
}

function waitIn(header: string | string[] | undefined): string {
  const wait = parseRetryAfter(header, Date.now())
  if (wait === undefined) return 'It does not say for how long.'
  return `It may be asked again at ${new Date(Date.now() + wait).toISOString()}, in ${Math.ceil(wait / 1000)} s.`
}

function jsonIn(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}
