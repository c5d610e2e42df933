import { Router, urlencoded, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import { modifyScope, readScope } from '../accounts/authorization.ts'
import { clientIdField, hintField, isClientId, ownField, readClientId, savingField } from '../accounts/invitations.ts'
import type { App, LinkAnswer, LinkResult } from '../context.ts'
import { newSecret, sha256 } from '../crypto.ts'
import { reportError } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import type { Message } from '../i18n.ts'
import type { Log } from '../log.ts'
import { callbacks, readCallback, redirectUris, sessionCookie, validated } from './callback.ts'
import type { DiscordOAuth } from './discord-oauth.ts'
import { addressLimiter, allowMethods, hintOf, ifSecret, languageOf, refusePrefetch, sameOrigin } from './middleware.ts'
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

/** Turns the private answer into the news. Never rejects. */
export type AnnounceLink = (answer: LinkAnswer, news: LinkResult) => Promise<void>

/** The way to a link: our page, Discord, our page, Spotify, our page. Failures are thrown, for the page that explains them. */
export function linkRoutes(app: App, discord: DiscordOAuth, announce: AnnounceLink, log: Log): Router {
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
    const t = languageOf(request, app)
    const guide = (): string => ownAppPage(t, hint, redirectUri.spotify, { clientId, refused, back, policies })
    const isGuide = typed !== '' || query.has(ownField)
    response.status(refused === undefined ? 200 : 400)
    response.send(isGuide ? guide() : startPage(t, hint, policies, query.has(savingField)))
  })

  router.post('/link', form, async (request: Request, response: Response) => {
    const invitation = ifSecret(field(request, hintField))
    const clientId = readClientId(field(request, clientIdField))
    const invited = (await app.invitations.find(invitation ?? ''))?.person
    const before = cookies.read(request)
    const about = { invitation, invited, clientId, replaced: before.map((value) => sha256(value)) }
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
    const { save, title } = invitation ?? {}
    const scope = await app.accounts.scopeFor(person.id, save !== undefined)
    const proven = { ...session, state: undefined, usedState: session.state, person, scope, save, title }
    const next = await sessions.create({ ...proven, stage: 'confirm', formToken: newSecret(), former: cookie })
    await sessions.update(cookie, { ...session, person, next })
    cookies.write(response, next)
    response.redirect(303, '/link/confirm')
  })

  router.get('/link/confirm', async (request, response) => {
    const { session, person } = await current(request, ['confirm', 'spotify'])
    const { formToken = '', clientId, scope = [] } = session
    const saving = scope.includes(modifyScope)
    response.send(confirmPage(languageOf(request, app), person, formToken, { clientId, saving, policies }))
  })

  router.post('/link/confirm', form, async (request: Request, response: Response) => {
    const { cookie, session } = await current(request, ['confirm', 'spotify'])
    if (field(request, 'token') !== session.formToken) throw new UserError('problem.notYet')
    const redirect = await sessions.startRedirect(cookie, { ...session, stage: 'spotify' })
    const scope = (session.scope ?? [readScope]).join(' ')
    const { oauth } = app.spotify.for(session.clientId)
    response.redirect(303, await oauth.authorizeUrl({ redirectUri: redirectUri.spotify, scope, ...redirect }))
  })

  onCallback('spotify', async ({ cookie, session, parameters, codeVerifier }, response) => {
    const { person, startedAt, clientId, scope, save, title } = session
    if (!person) throw new UserError('problem.notYet')
    const redirect = { parameters, redirectUri: redirectUri.spotify, codeVerifier }
    const authorization = { ...redirect, startedAt, clientId, scope, endConsents: () => app.endConsents(person.id) }
    const before = await app.accounts.findEvenIfEnded(person.id)
    const link = await app.accounts.connect(person.id, authorization)
    if (before) app.library.deleteCached(before)
    const saved = save === undefined ? undefined : await saveTrack(person.id, save, title)
    const news: LinkResult = { spotifyName: link.spotifyName, ...(saved && { saved, save }) }
    const invitation = await app.invitations.find(session.invitation ?? '')
    await sessions.update(cookie, { ...session, stage: 'done', scope: link.scope, ...news })
    // The page does not wait for Discord; the announcement never rejects.
    const { token, message, locale } = invitation ?? {}
    if (token) void announce({ token, message, locale }, news)
    response.redirect(303, '/link/done')
  })

  router.get('/link/done', async (request, response) => {
    const { session, person } = await current(request, ['done'])
    const { spotifyName = '', saved } = session
    const t = languageOf(request, app)
    const back = await wayBack(app, session.invitation)
    response.send(donePage(t, person.name, spotifyName, { saved, back }))
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

  /** Saves the song for which somebody has linked; what became of it. Never rejects, since the link is made. */
  async function saveTrack(person: string, trackId: string, song = ''): Promise<Message> {
    try {
      const outcome = await app.accounts.saveTrack(person, trackId)
      return { key: outcome === 'saved' ? 'save.done' : 'save.already', values: { song } }
    } catch (error) {
      const unexpected = 'A song could not be saved: please report this line'
      const { known, message, reference = '' } = reportError(error, log, { unexpected })
      if (!known) return { key: 'save.failed.unexpected', values: { song, reference } }
      return { key: 'save.failed', values: { song, sentence: message } }
    }
  }
}

function field(request: Request, name: string): string | undefined {
  const value = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}
