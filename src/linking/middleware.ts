import { isIP } from 'node:net'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import type { Request, RequestHandler } from 'express'
import { hintField, localeField } from '../accounts/invitations.ts'
import type { App } from '../context.ts'
import { isSecretShaped } from '../crypto.ts'
import type { Translate } from '../i18n.ts'
import { PageError } from './page-error.ts'

/** What the pages of this browser are written in; `locale`: in which language the person is answered in Discord, where that is known. */
export function languageOf(request: Request, { languages }: Pick<App, 'languages'>, locale?: string): Translate {
  return languages.match([...(locale === undefined ? [] : [locale]), ...request.acceptsLanguages()])
}

/** The language that the address names, where it does. */
export function localeOf({ url }: Request): string | undefined {
  return new URLSearchParams(url.split('?')[1]).get(localeField) ?? undefined
}

/** The hint of the address, where there is one. */
export function hintOf({ url }: Request): string | undefined {
  return ifSecret(new URLSearchParams(url.split('?')[1]).get(hintField))
}

export function ifSecret(text: string | null | undefined): string | undefined {
  return text && isSecretShaped(text) ? text : undefined
}

/** Refuses forms from elsewhere. Our pages send no referrer, so their origin may arrive as "null". */
export function sameOrigin(publicUrl: string): RequestHandler {
  return (request, _response, next) => {
    const site = request.get('sec-fetch-site')
    const origins = [undefined, publicUrl, ...(site === 'same-origin' ? ['null'] : [])]
    if (![undefined, 'same-origin'].includes(site) || !origins.includes(request.get('origin'))) {
      throw new PageError(403, 'problem.title.foreign', 'problem.foreignForm')
    }
    next()
  }
}

/** What costs something may be asked for once a second by each address, over a minute: no person notices. */
export function addressLimiter(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: 60,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Any visitor can send headers that have the library complain on the console, in their words.
    validate: false,
    keyGenerator: (request) => ipKeyGenerator(addressOf(request)),
    handler: () => {
      throw new PageError(429, 'problem.title.slow', 'problem.tooMany')
    },
  })
}

/** Some proxies add the port, which is another one for every connection; and not every header comes from a proxy. */
function addressOf({ ip = '', socket }: Request): string {
  const [, bracketed, dotted] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(ip) ?? []
  const address = bracketed ?? dotted ?? ip
  return isIP(address) ? address : (socket.remoteAddress ?? '')
}

/** Refuses what a browser asks for before the person does: it asks again once they do. */
export const refusePrefetch: RequestHandler = (request, _response, next) => {
  const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => request.get(name))
  if (!purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose ?? ''))) return next()
  throw new PageError(425, 'problem.title.early', 'problem.prefetch')
}

/** Answers every other method of a path, HEAD included where only GET is meant. */
export function allowMethods(...methods: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (methods.includes(request.method)) return next()
    response.set('allow', methods.join(', ')).status(405).type('text')
    response.send(`Only ${methods.join(' and ')} here.\n`)
  }
}

/** What a form has sent in a field. */
export function fieldOf(request: Request, name: string): string | undefined {
  const value = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}
