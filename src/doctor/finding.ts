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

export const ok = findingOf('ok')
export const note = findingOf('note')
export const wrong = findingOf('wrong')

function findingOf(verdict: Finding['verdict']) {
  return (about: string, says: string): Finding => ({ verdict, about, says })
}

export function lineOf({ verdict, about, says }: Finding): string {
  return `${verdict.padEnd(6)}${about}: ${says}`
}

/** An answer, its body as JSON where it is JSON; or the reason why there is none, as the name of a system error. */
export type Asked = { readonly status: number; readonly body: unknown } | { readonly silent: string }

/** Never rejects over what the other side does or leaves undone. */
export async function ask(http: Http, url: string, request?: HttpRequest): Promise<Asked> {
  try {
    const answer = await http(url, request)
    return { status: answer.status, body: parsed(answer.body.toString()) }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    const { code = 'unknown' } = (error.cause ?? {}) as { code?: unknown }
    return { silent: error.timedOut ? 'ETIMEDOUT' : String(code) }
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
