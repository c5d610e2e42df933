import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import express, { type ErrorRequestHandler, type Express } from 'express'
import helmet from 'helmet'
import type { Config } from '../config.ts'
import type { App, LinkTasks } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { createLanguages } from '../i18n.ts'
import { listenForPages } from '../listening.ts'
import type { Log } from '../log.ts'
import type { DiscordOAuth } from '../linking/discord-oauth.ts'
import { styleHash } from '../linking/html.ts'
import { allowMethods, hintOf, languageOf, localeOf } from '../linking/middleware.ts'
import { leadingBack, PageError, pageErrorFor, wayBack } from '../linking/page-error.ts'
import { homePage } from '../linking/home-page.ts'
import { problemPage } from '../linking/pages.ts'
import { privacyPage, termsPage } from '../linking/policy-pages.ts'
import { linkRoutes } from '../linking/routes.ts'
import type { Receive } from '../discord/bot.ts'
import { StoreFullError, StoreReadOnlyError } from '../store/store.ts'
import { boundConnections, mostConnections } from './connections.ts'
import { interactionRoutes } from './interactions.ts'

interface Trouble {
  /** Commands cannot be answered. */
  readonly why?: string | undefined
  /** With what to do. */
  readonly store?: string | undefined
}

interface WebParts {
  readonly app: App
  readonly discord: DiscordOAuth
  readonly tasks: LinkTasks
  /** Why commands cannot be answered right now, and what is wrong with the store; undefined where nothing is. */
  trouble(): Promise<Trouble>
  /** What Discord and Spotify have the program wait for, and until when, or undefined. */
  waiting(): string | undefined
  /** Takes what is posted to `/interactions`, where there is a public key. */
  readonly receive: Receive
  readonly log: Log
}

/** The pages for browsers and the health check. Rejects when the port is taken. */
export async function startWeb(config: Config, parts: WebParts) {
  const server = createServer(limits, site(config, parts))
  const total = mostConnections()
  // Behind a proxy every connection is the proxy's.
  const ofAddress = config.web.trustProxy === 0 ? Math.ceil(total / 2) : undefined
  const { isBusy } = boundConnections(server, { total, ofAddress })
  await listenForPages(server, config.web)
  return {
    port: (server.address() as AddressInfo).port,
    /** Takes no new connections and ends when what is under way has been answered, by `until` of `performance.now()`. */
    async stop(until: number): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve))
      while (isBusy() && performance.now() < until) await sleep(20)
      // What is left has asked nothing yet, as browsers do ahead of time, or is not to be waited for.
      server.closeAllConnections()
      await closed
    },
  }
}

/** In bytes and milliseconds. Node looks for late ones only so often, by default every thirty seconds. */
const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  // Longer than proxies keep idle connections (mostly a minute), so that we never close one that a proxy is about to use.
  keepAliveTimeout: 75_000,
}

function site(config: Config, parts: WebParts): Express {
  const {
    web,
    discord: { publicKey, authorizeUrl },
    spotify,
    policies,
    languages,
  } = config
  const { discord, tasks, receive, trouble, waiting, log } = parts
  // Commands cannot be clicked in a browser.
  const app = { ...parts.app, languages: createLanguages(languages) }
  const site = express()
  site.enable('strict routing').enable('case sensitive routing').disable('x-powered-by').disable('etag')
  site.set('query parser', false).set('trust proxy', web.trustProxy)
  if (publicKey !== undefined) site.use(interactionRoutes(publicKey, receive, log))
  const providers = [authorizeUrl, spotify.accountsUrl].map((url) => new URL(url).origin)
  site.use(secureHeaders(providers), (_request, response, next) => {
    response.set('cache-control', 'no-store').type('html')
    next()
  })

  site.all('/', allowMethods('GET', 'HEAD'))
  site.get('/', (request, response) => {
    const locale = localeOf(request)
    response.send(homePage(languageOf(request, app, locale), policies, locale))
  })
  const notices = { '/privacy': [policies.privacy, privacyPage], '/terms': [policies.terms, termsPage] } as const
  for (const [path, [address, page]] of Object.entries(notices)) {
    site.all(path, allowMethods('GET', 'HEAD'))
    site.get(path, (request, response) => {
      if (address === web.publicUrl + path) response.send(page(languageOf(request, app, localeOf(request)), config))
      else response.redirect(303, address)
    })
  }
  site.all('/health', allowMethods('GET', 'HEAD'))
  site.get('/health', async (_request, response) => {
    const { why, store } = await trouble()
    response.type('json').status(why ? 503 : 200)
    response.json({ ...(why ? { status: 'unavailable', why } : { status: 'ok' }), store, waiting: waiting() })
  })
  site.use(linkRoutes(app, discord, tasks, log))
  site.use(() => {
    throw new PageError(404, 'problem.title.nowhere', 'problem.nowhere')
  })
  site.use(failures(app, log))
  return site
}

/** @param providers origins that our forms are redirected to */
function secureHeaders(providers: readonly string[]) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: [styleHash],
        imgSrc: ['data:'],
        // Chromium applies this to where a form's answer redirects as well.
        formAction: ["'self'", ...providers],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  })
}

function failures(app: App, log: Log): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const known = pageErrorFor(error, log, request.path)
    const hint = hintOf(request)
    const problem = hint === undefined ? known : leadingBack(known, { invitation: hint })
    response
      .status(problem.status)
      .send(
        problemPage(
          languageOf(request, app, problem.origin?.locale),
          problem,
          await wayBack(app, problem.origin?.invitation),
        ),
      )
  }
}

// Anybody may ask, and a check writes to the disk twice.
const checkedFor = 2_000

/**
 * Whether the store answers, as it did at most two seconds ago: however many ask, one check is shared. A full one reads,
 * deletes and renews tokens, so commands are answered.
 */
export function shareStoreCheck(store: Pick<App['store'], 'check'>, now = () => performance.now()) {
  let checkedAt = -Infinity
  let outcome = Promise.resolve<Trouble>({})
  return (): Promise<Trouble> => {
    if (now() - checkedAt >= checkedFor) {
      checkedAt = now()
      const check = store.check().then(() => ({}))
      outcome = check.catch((error: unknown) => {
        const advice = errorMessage(error)?.operator
        if (error instanceof StoreFullError) return { store: advice }
        const isReadOnly = error instanceof StoreReadOnlyError
        return { why: isReadOnly ? 'the store refuses changes' : 'the store does not answer', store: advice }
      })
    }
    return outcome
  }
}
