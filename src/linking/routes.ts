import { setTimeout as sleep } from 'node:timers/promises'
import { Router, urlencoded, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import { readScope } from '../accounts/authorization.ts'
import { clientIdField, hintField, isClientId, ownField, readClientId } from '../accounts/invitations.ts'
import { taskKinds, taskOf } from '../accounts/link-task.ts'
import type { App, LinkTasks } from '../context.ts'
import { newSecret, sha256 } from '../crypto.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { callbacks, readCallback, redirectUris, sessionCookie, validated } from './callback.ts'
import type { DiscordOAuth } from './discord-oauth.ts'
import {
  addressLimiter,
  allowMethods,
  fieldOf,
  hintOf,
  ifSecret,
  languageOf,
  localeOf,
  refusePrefetch,
  sameOrigin,
} from './middleware.ts'
import { leadingBack, pageErrorFor, wayBack } from './page-error.ts'
import { ownAppPage } from './own-app-page.ts'
import { confirmPage, donePage, startPage } from './pages.ts'
import { createLinkSessions, stepIsOver, type LinkSession } from './session.ts'

/** For the one request that goes on with what a redirect has brought back. */
interface Claimed {
  readonly cookie: string
  readonly session: LinkSession
  readonly codeVerifier: string
  readonly parameters: URLSearchParams
}

/** How long the page waits for what takes a while, in milliseconds: the chat tells of it in any case. */
const patience = 6_000

/** The way to a link: our page, Discord, our page, Spotify, our page. Failures are thrown, for the page that explains them. */
export function linkRoutes(app: App, discord: DiscordOAuth, tasks: LinkTasks, log: Log): Router {
  const { publicUrl, policies } = app
  const sessions = createLinkSessions(app)
  const cookies = sessionCookie(publicUrl)
  const redirectUri = redirectUris(publicUrl)
  const router = Router({ strict: true, caseSensitive: true })
  const form: RequestHandler[] = [
    addressLimiter(),
    sameOrigin(publicUrl),
    urlencoded({ extended: false, limit: '4kb', parameterLimit: 8 }),
  ]

  router.use(['/link', '/callback'], refusePrefetch)
  router.all('/link', allowMethods('GET', 'HEAD', 'POST'))
  router.all('/link/confirm', allowMethods('GET', 'HEAD', 'POST'))
  router.all('/link/done', allowMethods('GET', 'HEAD'))
  router.all([callbacks.discord, callbacks.spotify], allowMethods('GET'), addressLimiter())

  router.get('/link', async (request, response) => {
    const query = new URLSearchParams(request.url.split('?')[1])
    const hint = hintOf(request) ?? ''
    const typed = query.get(clientIdField)?.trim() ?? ''
    const refused = typed && !isClientId(typed) ? typed.slice(0, 64) : undefined
    const clientId = refused === undefined ? readClientId(typed) : undefined
    const back = refused === undefined ? undefined : await wayBack(app, hint)
    const t = languageOf(request, app, localeOf(request))
    const guide = (): string => ownAppPage(t, hint, redirectUri.spotify, { clientId, refused, back, policies })
    const isGuide = typed !== '' || query.has(ownField)
    response.status(refused === undefined ? 200 : 400)
    const kind = taskKinds.find((one) => query.has(one))
    response.send(isGuide ? guide() : startPage(t, hint, policies, kind))
  })

  router.post('/link', form, async (request: Request, response: Response) => {
    const invitation = ifSecret(fieldOf(request, hintField))
    const clientId = readClientId(fieldOf(request, clientIdField))
    const { person: invited, locale } = (await app.invitations.find(invitation ?? '')) ?? {}
    const before = cookies.read(request)
    const about = { invitation, invited, locale, clientId, replaced: before.map((value) => sha256(value)) }
    const session: LinkSession = { stage: 'discord', startedAt: Date.now(), ...about }
    const cookie = await sessions.create(session, before)
    const redirect = await sessions.startRedirect(cookie, session)
    cookies.write(response, cookie)
    response.redirect(303, await discord.authorizeUrl({ redirectUri: redirectUri.discord, ...redirect }))
  })

  onCallback('discord', async ({ cookie, session, parameters, codeVerifier }, response) => {
    const person = await discord.identify(parameters, redirectUri.discord, codeVerifier)
    const invitation = await app.invitations.find(session.invitation ?? '')
    if (invitation && invitation.person !== person.id) throw new UserError('problem.notInvited', { name: person.name })
    const task = taskOf(invitation)
    const scope = await app.accounts.scopeFor(person.id, task)
    const proven = { ...session, state: undefined, usedState: session.state, person, scope, task }
    const next = await sessions.create({ ...proven, stage: 'confirm', formToken: newSecret(), former: cookie })
    await sessions.update(cookie, { ...session, person, next })
    cookies.write(response, next)
    response.redirect(303, '/link/confirm')
  })

  router.get('/link/confirm', async (request, response) => {
    const { session, person } = await current(request, ['confirm', 'spotify'])
    const { formToken = '', clientId, scope, locale } = session
    response.send(confirmPage(languageOf(request, app, locale), person, formToken, { clientId, scope, policies }))
  })

  router.post('/link/confirm', form, async (request: Request, response: Response) => {
    const { cookie, session } = await current(request, ['confirm', 'spotify'])
    if (fieldOf(request, 'token') !== session.formToken) throw new UserError('problem.notYet')
    const redirect = await sessions.startRedirect(cookie, { ...session, stage: 'spotify' })
    const scope = (session.scope ?? [readScope]).join(' ')
    const { oauth } = app.spotify.for(session.clientId)
    response.redirect(303, await oauth.authorizeUrl({ redirectUri: redirectUri.spotify, scope, ...redirect }))
  })

  onCallback('spotify', async ({ cookie, session, parameters, codeVerifier }, response) => {
    const { person, startedAt, clientId, scope } = session
    if (!person) throw new UserError('problem.notYet')
    const redirect = { parameters, redirectUri: redirectUri.spotify, codeVerifier }
    const authorization = {
      ...redirect,
      startedAt,
      clientId,
      scope,
      locale: session.locale,
      endConsents: () => app.endConsents(person.id),
    }
    const before = await app.accounts.findEvenIfEnded(person.id)
    const link = await app.accounts.connect(person.id, authorization)
    if (before) app.library.deleteCached(before)
    const { spotifyName } = link
    const { token, message, locale } = (await app.invitations.find(session.invitation ?? '')) ?? {}
    const task = taskOf(session)
    const working = task && tasks.carryOut(person.id, task, locale)
    // The page does not wait for Discord.
    const answer = token && { token, message, locale }
    if (answer) void Promise.resolve(working).then((outcome) => tasks.announce(answer, { spotifyName, outcome }))
    const late = { page: { key: 'page.underWay' } } as const
    const outcome = working && (await Promise.race([working, sleep(patience, late, { ref: false })]))
    await sessions.update(cookie, { ...session, stage: 'done', scope: link.scope, spotifyName, saved: outcome?.page })
    response.redirect(303, '/link/done')
  })

  router.get('/link/done', async (request, response) => {
    const { session, person } = await current(request, ['done'])
    const { spotifyName = '', saved: outcome, locale } = session
    const t = languageOf(request, app, locale)
    const back = await wayBack(app, session.invitation)
    response.send(donePage(t, person.name, spotifyName, { outcome, back }))
  })

  const leadBack: ErrorRequestHandler = async (cause, request, _response, next) => {
    const error = pageErrorFor(cause, log, request.path)
    const found = error.origin ? undefined : await sessions.current(cookies.read(request)).catch(() => undefined)
    next(found ? leadingBack(error, found.session) : error)
  }
  router.use(leadBack)

  return router

  /** What a provider's redirect has brought back for this browser's session goes on once; a repeat leads to what came of it. */
  function onCallback(stage: keyof typeof callbacks, goOn: (claimed: Claimed, response: Response) => Promise<void>) {
    router.get(callbacks[stage], async (request, response) => {
      const callback = readCallback(request.url)
      const { state, code } = callback
      const { cookie, claimed } = await sessions.claimCallback(cookies.read(request), stage, state, code)
      if (!claimed) return leadOn(response, stage, await sessions.settled(cookie, state))
      const { session } = claimed
      try {
        const { validate } = stage === 'discord' ? discord : app.spotify.for(session.clientId).oauth
        const parameters = validated(callback, validate, stage === 'discord' ? 'Discord' : 'Spotify')
        await goOn({ cookie, ...claimed, parameters }, response)
      } catch (cause) {
        const error = leadingBack(pageErrorFor(cause, log, request.path), session)
        const problem = [error.status, error.title, error.key, error.values, error.offerOwnApp] as const
        await sessions.update(cookie, { ...session, stage: 'failed', problem }).catch(() => undefined)
        throw error
      }
    })
  }

  /** To where the linking stands. Without a session the browser may have been given a newer cookie. */
  function leadOn(response: Response, stage: keyof typeof callbacks, session: LinkSession | undefined): void {
    if (!session && stage === 'spotify') throw stepIsOver()
    if (session?.next) cookies.write(response, session.next)
    response.redirect(303, session?.stage === 'done' ? '/link/done' : '/link/confirm')
  }

  /** This browser's session, once Discord has said who the person is. */
  async function current(request: Request, stages: readonly LinkSession['stage'][]) {
    const values = cookies.read(request)
    if (values.length === 0) throw new UserError('problem.notBegun')
    const cookie = (await sessions.current(values))?.cookie ?? ''
    const session = await sessions.settled(cookie)
    const person = session?.person
    if (!person || !stages.includes(session.stage)) throw stepIsOver('problem.notYet')
    if (session.former) await sessions.end(session.former)
    return { cookie, session, person }
  }
}
