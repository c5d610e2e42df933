import express, { Router } from 'express'
import type { Request } from 'express'
import { accountOf } from '../people.ts'
import { answerAddress, readAuthorizeRequest } from './authorize-request.ts'
import { hasAgreed, issueCode } from './grants.ts'
import { consentPage, refusalPage } from './pages.ts'
import type { SpotifyAccount } from './spotify.ts'
import { single } from './world.ts'
import type { World } from './world.ts'

/** GET /authorize and the forms of its page. The forms carry the whole question in their address, so nothing is kept. */
export function authorizePages(world: World): Router {
  const router = Router({ strict: true, caseSensitive: true })
  router.use((_request, response, next) => {
    // No form-action: browsers apply it to redirects too, and these leave for the app.
    response.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' })
    next()
  })

  router.get('/', (request, response) => {
    const asking = readAuthorizeRequest(world, request.query)
    if (typeof asking === 'string') return void response.status(400).send(refusalPage(asking))
    const account = whoIsHere(world, request)
    const needsNoAnswer = account && !asking.showDialog && hasAgreed(world, account, asking)
    if (needsNoAnswer) return response.redirect(302, answerAddress(asking, { code: issueCode(world, account, asking) }))
    const isOwn = asking.clientId === world.credentials.clientId
    const app = isOwn ? 'Hearsay' : `The app ${asking.clientId.slice(0, 8)}…`
    const form = `/authorize${request.originalUrl.slice(request.originalUrl.indexOf('?'))}`
    return void response.send(consentPage({ app, form, asking, accounts: world.accounts, account }))
  })

  router.post('/', express.urlencoded({ extended: false }), (request, response) => {
    const asking = readAuthorizeRequest(world, request.query)
    if (typeof asking === 'string') return void response.status(400).send(refusalPage(asking))
    const answers: Record<string, unknown> = request.body ?? {}
    if (answers.decision === 'cancel') {
      return response.redirect(303, answerAddress(asking, { error: 'access_denied' }))
    }
    const account = world.accounts.find(({ id }) => id === single(answers.account))
    if (answers.decision !== 'agree' || !account) {
      return void response.status(400).send(refusalPage('Choose an account first, then agree.'))
    }
    return response.redirect(303, answerAddress(asking, { code: issueCode(world, account, asking) }))
  })
  return router
}

/** The chat page tells by a cookie who is using the browser. */
function whoIsHere(world: World, request: Request): SpotifyAccount | undefined {
  const [, person] = /(?:^|;\s*)sandbox_person=(\d+)/.exec(request.get('cookie') ?? '') ?? []
  const id = person && accountOf(person)
  return world.accounts.find((account) => account.id === id)
}
