import { HttpError, type Http, type HttpRequest } from '../http.ts'

/** What one check found, for one line. */
export interface Finding {
  /** "note" is for knowing, or for doing by hand; only "wrong" lets the doctor end with 1. */
  readonly verdict: 'ok' | 'note' | 'wrong'
  /** What was looked at. */
  readonly about: string
  /** Whole sentences, without a secret; where something is wrong, with what to do. */
  readonly says: string
}

export const ok = (about: string, says: string): Finding => ({ verdict: 'ok', about, says })
export const note = (about: string, says: string): Finding => ({ verdict: 'note', about, says })
export const wrong = (about: string, says: string): Finding => ({ verdict: 'wrong', about, says })

export function lineOf({ verdict, about, says }: Finding): string {
  return `${verdict.padEnd(6)}${about}: ${says}`
}

/** An answer, its body also as JSON where it is JSON; with status 0 there is none. */
export interface Asked {
  readonly status: number
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
  /** Why there is no answer, as the name of a system error. */
  readonly silent?: string
}

/** Never rejects over what the other side does or leaves undone. */
export async function ask(http: Http, url: string, request?: HttpRequest): Promise<Asked> {
  try {
    const { status, body } = await http(url, request)
    return { status, text: String(body), body: jsonIn(String(body)) }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    const { code = 'unknown' } = (error.cause ?? {}) as { code?: unknown }
    return { status: 0, text: '', body: {}, silent: error.timedOut ? 'ETIMEDOUT' : String(code) }
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

/** What to say of a provider that does not answer. */
export function noWayTo(url: string, silent: string): string {
  return `${url} does not answer (${silent}). Check this machine's way out: DNS, firewall, proxy.`
}

function jsonIn(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}
