import { Router, type Request, type RequestHandler, type Response, urlencoded } from 'express'
import * as oauth from 'oauth4webapi'
import { modifyScope, readScope } from '../accounts/links.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { SessionError, createLinkSessions, type LinkSession } from './session.ts'
import { callbacks, cancelled, checked, readCallback, redirectUris, sessionCookie } from './callback.ts'
import type { DiscordOAuth } from './discord-oauth.ts'
import { addressLimiter, allowMethods, sameOrigin } from './middleware.ts'
import { clientIdField, hintField, ownField, readClientId } from '../accounts/invitations.ts'
import { ownAppPage } from './own-app-page.ts'
import { confirmPage, donePage, startPage } from './pages.ts'
import { stripMarkdown } from './html.ts'
import { saveAfterLinking } from './save-after-linking.ts'
import { isSecretShaped, newSecret } from '../crypto.ts'

/** What has happened: `saved` is a whole sentence about the song for which somebody linked, where there was one. */
export interface LinkResult {
  readonly spotifyName: string
  readonly saved?: string
}

/** Turns the private answer behind an interaction's token into the news. Never rejects. */
export type AnnounceLink = (interactionToken: string, news: LinkResult) => Promise<void>

const notYet = 'There is no linking under way in this browser, or it took longer than ten minutes. Start again.'

/** The way to a link: our page, Discord, our page, Spotify, our page. Failures are thrown, for the page that explains them. */
export function linkRoutes(
  app: App,
  discord: DiscordOAuth,
  announce: AnnounceLink,
  log: Log,
  now: () => number,
): Router {
  const { publicUrl } = app
  const attempts = createLinkSessions(app, now)
  const cookie = sessionCookie(publicUrl)
  const redirectUri = redirectUris(publicUrl)
  const router = Router({ strict: true, caseSensitive: true })
  const form: RequestHandler[] = [
    addressLimiter(),
    sameOrigin(publicUrl),
    urlencoded({ extended: false, limit: '4kb', parameterLimit: 8 }),
  ]

  router.all('/link', allowMethods('GET', 'HEAD', 'POST'))
  router.all('/link/confirm', allowMethods('GET', 'HEAD', 'POST'))
  router.all('/link/done', allowMethods('GET', 'HEAD'))
  router.all([callbacks.discord, callbacks.spotify], allowMethods('GET'), addressLimiter())

  router.get('/link', (request: Request, response: Response) => {
    const query = new URLSearchParams(request.url.split('?')[1])
    const given = query.get(hintField) ?? ''
    const hint = isSecretShaped(given) ? given : ''
    const clientId = readClientId(query.get(clientIdField))
    const own = clientId !== undefined || query.has(ownField)
    response.send(own ? ownAppPage(hint, redirectUri.spotify, clientId) : startPage(hint))
  })

  router.post('/link', form, async (request: Request, response: Response) => {
    const hint = secretField(request, hintField)
    const clientId = readClientId(field(request, clientIdField))
    const codeVerifier = oauth.generateRandomCodeVerifier()
    const invited = hint && (await app.invitations.find(hint))?.person
    const carried = { ...(hint && { invitation: hint }), ...(invited && { invited }), ...(clientId && { clientId }) }
    const attempt: LinkSession = { stage: 'discord', startedAt: now(), codeVerifier, ...carried }
    const value = await attempts.create(attempt, cookie.read(request))
    const state = await attempts.startRedirect(value, attempt)
    cookie.write(response, value)
    response.redirect(303, await discord.authorizeUrl(redirectUri.discord, state, codeVerifier))
  })

  router.get(callbacks.discord, async (request: Request, response: Response) => {
    const { parameters, state, code, error } = readCallback(request.url)
    const { attempt, codeVerifier } = await attempts.claimCallback(cookie.read(request), 'discord', state, code)
    if (error) throw cancelled(error, 'Discord')
    const valid = checked(() => discord.validate(parameters, state))
    const person = await discord.identify(valid, redirectUri.discord, codeVerifier)
    const invitation = attempt.invitation ? await app.invitations.find(attempt.invitation) : undefined
    if (invitation && invitation.person !== person.id) throw new UserError(notInvited(person.name))
    const save = invitation?.save
    const scope = await app.accounts.scopeFor(person.id, save !== undefined)
    const { codeVerifier: _, state: usedState, ...kept } = attempt
    const next: LinkSession = {
      ...kept,
      usedState,
      stage: 'confirm',
      person,
      formToken: newSecret(),
      scope,
      ...(save && { save }),
    }
    cookie.write(response, await attempts.create(next))
    response.redirect(303, '/link/confirm')
  })

  router.get('/link/confirm', async (request, response) => {
    const { attempt } = await current(request, ['confirm', 'spotify'])
    const { person, formToken = '', clientId, scope = [] } = attempt
    response.send(confirmPage(person, formToken, { clientId, saving: scope.includes(modifyScope) }))
  })

  router.post('/link/confirm', form, async (request: Request, response: Response) => {
    const { value, attempt } = await current(request, ['confirm', 'spotify'])
    if (secretField(request, 'token') !== attempt.formToken) throw new UserError(notYet)
    const codeVerifier = oauth.generateRandomCodeVerifier()
    const state = await attempts.startRedirect(value, { ...attempt, stage: 'spotify', codeVerifier })
    const scope = (attempt.scope ?? [readScope]).join(' ')
    const question = { redirectUri: redirectUri.spotify, scope, state, codeVerifier }
    response.redirect(303, await client(attempt).oauth.authorizeUrl(question))
  })

  router.get(callbacks.spotify, async (request, response) => {
    const { parameters, state, code, error } = readCallback(request.url)
    const {
      cookie: value,
      attempt,
      codeVerifier,
    } = await attempts.claimCallback(cookie.read(request), 'spotify', state, code)
    if (error) throw cancelled(error, 'Spotify')
    const { person, startedAt, clientId, scope, save } = attempt
    if (!person) throw new UserError(notYet)
    const valid = checked(() => client(attempt).oauth.validate(parameters, state))
    const consent = { parameters: valid, redirectUri: redirectUri.spotify, codeVerifier, startedAt, clientId, scope }
    const before = await app.accounts.findEvenIfEnded(person.id)
    const link = await app.accounts.connect(person.id, consent)
    if (before) app.library.deleteCached(before)
    // Sharing was about another account's songs, or about ones that are long gone.
    if (before?.spotifyId !== link.spotifyId) await app.sharing.forget(person.id)
    const saved = save && (await saveAfterLinking(app, log, person.id, save))
    const news: LinkResult = { spotifyName: link.spotifyName, ...(saved && { saved }) }
    const invitation = attempt.invitation ? await app.invitations.find(attempt.invitation) : undefined
    await attempts.update(value, { stage: 'done', startedAt, person, scope: link.scope, ...news })
    // The page does not wait for Discord; the announcement never rejects.
    if (invitation?.token) void announce(invitation.token, news)
    response.redirect(303, '/link/done')
  })

  router.get('/link/done', async (request, response) => {
    const { attempt } = await current(request, ['done'])
    const { person, spotifyName = '', saved = '', scope = [] } = attempt
    response.send(
      donePage(person.name, spotifyName, { saving: scope.includes(modifyScope), saved: stripMarkdown(saved) }),
    )
  })

  return router

  /** This browser's attempt, once Discord has said who sits there. */
  async function current(request: Request, stages: readonly LinkSession['stage'][]) {
    const own = await attempts.current(browser(request))
    const person = own?.attempt.person
    if (!person || !stages.includes(own.attempt.stage)) throw new SessionError(notYet, true)
    return { value: own.cookie, attempt: { ...own.attempt, person } }
  }

  function client({ clientId }: LinkSession) {
    return clientId === undefined ? app.spotify.operator : app.spotify.for(clientId)
  }

  function browser(request: Request): string[] {
    const values = cookie.read(request)
    if (values.length === 0)
      throw new UserError('This browser did not begin this linking. Start again in this browser.')
    return values
  }
}

function field(request: Request, name: string): string | undefined {
  const value = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}

function secretField(request: Request, name: string): string | undefined {
  const value = field(request, name) ?? ''
  return isSecretShaped(value) ? value : undefined
}

function notInvited(name: string): string {
  return `This link was made for somebody else, and you are signed in to Discord as @${name}. Use /link in Discord yourself.`
}
