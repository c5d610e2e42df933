import type { Request, RequestHandler, Response } from 'express'

/** Headers of every answer. Covers come from the sandbox's Spotify, everything else from here. */
export function pageHeaders(coversOrigin: string): RequestHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' ${coversOrigin}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return (_request, response, next) => {
    response.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    next()
  }
}

/**
 * Only this computer's browser on this very page may act: another name for the address is sent to the right one
 * (the cookie that says who sits at the browser belongs to it), another site's post is refused.
 */
export function onlyThisPage(request: Request, response: Response, next: () => void): void {
  const host = `127.0.0.1:${request.socket.localPort}`
  if (request.headers.host === `localhost:${request.socket.localPort}` && request.method === 'GET') {
    response.redirect(307, `http://${host}${request.originalUrl.replace(/^\/+/, '/')}`)
  } else if (request.headers.host !== host) {
    refuse(response, 403, `Open this page as http://${host}.`)
  } else if (request.method === 'POST' && !sameOrigin(request, `http://${host}`)) {
    refuse(response, 403, 'This came from another site, so nothing was done.')
  } else if (request.method === 'POST' && !request.is('application/json')) {
    refuse(response, 415, 'Send JSON.')
  } else {
    next()
  }
}

/** An answer that says what is wrong. */
export function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error })
}

// Browsers name the origin of every post; a program without one is no other site.
function sameOrigin(request: Request, origin: string): boolean {
  const site = request.headers['sec-fetch-site']
  return (request.headers.origin ?? origin) === origin && (site === undefined || site === 'same-origin')
}
