import type { Request, Response } from 'express'
import { isSecretShaped } from './secrets.ts'

/** The cookie that ties an attempt to one browser. */
export interface SessionCookie {
  /** The different values of ours that the browser sent; more than one where somebody else put theirs beside it. */
  read(request: Request): string[]
  write(response: Response, value: string): void
}

const lifetime = 10 * 60 * 1000
const mostRead = 4

/** Behind https the browser itself keeps other hosts from setting it; plain http is for loopback only. */
export function sessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-hearsay' : 'hearsay'
  return {
    read(request) {
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
      const values = pairs.flatMap(([key, value = '']) => (key === name && isSecretShaped(value) ? [value] : []))
      return [...new Set(values)].slice(0, mostRead)
    },
    write(response, value) {
      response.cookie(name, value, { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: lifetime })
    },
  }
}
