import { Router, type Request, type RequestHandler, type Response, urlencoded } from 'express'
import { clientIdField, hintField, ownField, readClientId } from '../accounts/invitations.ts'
import { modifyScope, readScope } from '../accounts/links.ts'
import type { App, LinkResult } from '../context.ts'
import { isSecretShaped, newSecret } from '../crypto.ts'
import { reportError } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { callbacks, cancelled, readCallback, redirectUris, sessionCookie } from './callback.ts'
import type { DiscordOAuth } from './discord-oauth.ts'
import { stripMarkdown } from './html.ts'
import { addressLimiter, allowMethods, sameOrigin } from './middleware.ts'
import { confirmPage, donePage, ownAppPage, startPage } from './pages.ts'
import { createLinkSessions, stepIsOver, type LinkSession } from './session.ts'

/** Turns the private answer behind an interaction's token into the news. Never rejects. */
export type AnnounceLink = (interactionToken: string, news: LinkResult) => Promise<void>

const notYet = 'There is no linking under way in this browser, or it took longer than ten minutes. Start again.'

/** The way to a link: our page, Discord, our page, Spotify, our page. Failures are thrown, for the page that explains them. */
export function linkRoutes(app: App, discord: DiscordOAuth, announce: AnnounceLink, log: Log): Router {
  const { publicUrl } = app
  const sessions = createLinkSessions(app)
  const cookies = sessionCookie(publicUrl)
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

  router.get('/link', (request, response) => {
    const query = new URLSearchParams(request.url.split('?')[1])
    const hint = ifSecret(query.get(hintField)) ?? ''
    const clientId = readClientId(query.get(clientIdField))
    const own = clientId !== undefined || query.has(ownField)
    response.send(own ? ownAppPage(hint, redirectUri.spotify, clientId) : startPage(hint))
  })

  router.post('/link', form, async (request: Request, response: Response) => {
    const invitation = ifSecret(field(request, hintField))
    const clientId = readClientId(field(request, clientIdField))
    const invited = (await app.invitations.find(invitation ?? ''))?.person
    const session: LinkSession = { stage: 'discord', startedAt: Date.now(), invitation, invited, clientId }
    const cookie = await sessions.create(session, cookies.read(request))
    const redirect = await sessions.startRedirect(cookie, session)
    cookies.write(response, cookie)
    response.redirect(303, await discord.authorizeUrl({ redirectUri: redirectUri.discord, ...redirect }))
  })

  router.get(callbacks.discord, async (request, response) => {
    const { session, parameters, codeVerifier } = await claim(request, 'discord')
    const person = await discord.identify(parameters, redirectUri.discord, codeVerifier)
    const invitation = await app.invitations.find(session.invitation ?? '')
    if (invitation && invitation.person !== person.id) throw new UserError(notInvited(person.name))
    const save = invitation?.save
    const scope = await app.accounts.scopeFor(person.id, save !== undefined)
    const next: LinkSession = { ...session, stage: 'confirm', person, formToken: newSecret(), scope, save }
    cookies.write(response, await sessions.create(next))
    response.redirect(303, '/link/confirm')
  })

  router.get('/link/confirm', async (request, response) => {
    const { session, person } = await current(request, ['confirm', 'spotify'])
    const { formToken = '', clientId, scope = [] } = session
    response.send(confirmPage(person, formToken, { clientId, saving: scope.includes(modifyScope) }))
  })

  router.post('/link/confirm', form, async (request: Request, response: Response) => {
    const { cookie, session } = await current(request, ['confirm', 'spotify'])
    if (field(request, 'token') !== session.formToken) throw new UserError(notYet)
    const redirect = await sessions.startRedirect(cookie, { ...session, stage: 'spotify' })
    const scope = (session.scope ?? [readScope]).join(' ')
    const { oauth } = app.spotify.for(session.clientId)
    response.redirect(303, await oauth.authorizeUrl({ redirectUri: redirectUri.spotify, scope, ...redirect }))
  })

  router.get(callbacks.spotify, async (request, response) => {
    const { cookie, session, parameters, codeVerifier } = await claim(request, 'spotify')
    const { person, startedAt, clientId, scope, save } = session
    if (!person) throw new UserError(notYet)
    const redirect = { parameters, redirectUri: redirectUri.spotify, codeVerifier }
    const authorization = { ...redirect, startedAt, clientId, scope, endConsents: () => app.endConsents(person.id) }
    const before = await app.accounts.findEvenIfEnded(person.id)
    const link = await app.accounts.connect(person.id, authorization)
    if (before) app.library.deleteCached(before)
    const saved = save && (await saveTrack(person.id, save))
    const news: LinkResult = { spotifyName: link.spotifyName, ...(saved && { saved }) }
    const invitation = await app.invitations.find(session.invitation ?? '')
    await sessions.update(cookie, { stage: 'done', startedAt, person, scope: link.scope, ...news })
    // The page does not wait for Discord; the announcement never rejects.
    if (invitation?.token) void announce(invitation.token, news)
    response.redirect(303, '/link/done')
  })

  router.get('/link/done', async (request, response) => {
    const { session, person } = await current(request, ['done'])
    const { spotifyName = '', saved = '', scope = [] } = session
    const result = { saving: scope.includes(modifyScope), saved: stripMarkdown(saved) }
    response.send(donePage(person.name, spotifyName, result))
  })

  return router

  /** What a provider's redirect has brought back for this browser's session; nobody else gets it after that. */
  async function claim(request: Request, stage: 'discord' | 'spotify') {
    const { parameters, state, code, error } = readCallback(request.url)
    const { session, ...claimed } = await sessions.claimCallback(cookies.read(request), stage, state, code)
    if (error) throw cancelled(error, stage === 'discord' ? 'Discord' : 'Spotify')
    const { validate } = stage === 'discord' ? discord : app.spotify.for(session.clientId).oauth
    try {
      return { ...claimed, session, parameters: validate(parameters, state) }
    } catch (cause) {
      const sentence = 'The answer that came back does not fit the question. Start again in this browser.'
      throw new UserError(sentence, { cause })
    }
  }

  /** This browser's session, once Discord has said who the person is. */
  async function current(request: Request, stages: readonly LinkSession['stage'][]) {
    const values = cookies.read(request)
    if (values.length === 0)
      throw new UserError('This browser did not begin this linking. Start again in this browser.')
    const own = await sessions.current(values)
    const person = own?.session.person
    if (!person || !stages.includes(own.session.stage)) throw stepIsOver(notYet)
    return { ...own, person }
  }

  /** Saves the song for which somebody has linked; a sentence for the chat. Never rejects, since the link is made. */
  async function saveTrack(person: string, trackId: string): Promise<string> {
    try {
      const outcome = await app.accounts.saveTrack(person, trackId)
      return outcome === 'saved' ? 'Saved to your liked songs.' : 'That song is among your liked songs already.'
    } catch (error) {
      const unexpected = 'A song could not be saved: please report this line'
      const { message, sentence, reference } = reportError(error, log, { unexpected })
      return `The song was not saved. ${message ? sentence : `Please press Save once more. (ref ${reference})`}`
    }
  }
}

function field(request: Request, name: string): string | undefined {
  const value = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}

function ifSecret(text: string | null | undefined): string | undefined {
  return text && isSecretShaped(text) ? text : undefined
}

function notInvited(name: string): string {
  return `This link was made for somebody else, and you are signed in to Discord as @${name}. Use /link in Discord yourself.`
}
