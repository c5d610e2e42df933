import type { Request, Response } from 'express'
import { looksLikeSecret } from './secrets.ts'

/** The cookie that ties an attempt to one browser. */
export interface AttemptCookie {
  /** Every value of ours that the browser sent; more than one where somebody else has put one beside it. */
  read(request: Request): string[]
  write(response: Response, value: string): void
}

const lifetime = 10 * 60 * 1000
const mostRead = 4

/** Behind https the browser itself keeps other hosts from setting it; plain http is for loopback only. */
export function attemptCookie(publicUrl: string): AttemptCookie {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-hearsay' : 'hearsay'
  return {
    read: (request) =>
      (request.headers.cookie ?? '')
        .split(';')
        .map((pair) => pair.trim().split('='))
        .flatMap(([key, value]) => (key === name && value && looksLikeSecret(value) ? [value] : []))
        .slice(0, mostRead),
    write(response, value) {
      response.cookie(name, value, { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: lifetime })
    },
  }
}
