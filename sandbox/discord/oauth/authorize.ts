import type { Request, Response, Router } from 'express'
import express from 'express'
import type { Person } from '../discord.ts'
import { one } from '../rest/answers.ts'
import type { World } from '../state/world.ts'
import type { AuthorizeRequest } from './authorize-request.ts'
import { answerAddress, readAuthorizeRequest } from './authorize-request.ts'
import { grantCode } from './grants.ts'
import { chooserPage, consentPage, faultPage } from './pages.ts'

const cookieName = 'sandbox_person'

/** The pages that a browser sees. Who sits in front of it is what the cookie sandbox_person says. */
export function authorizeRoutes(world: World): Router {
  const router = express.Router()
  router.use(express.urlencoded({ extended: false }))

  router.get('/oauth2/authorize', (request, response) => {
    const asking = askingOf(world, request.query, response)
    if (!asking) return
    const person = personIn(world, request)
    const query = new URL(request.originalUrl, world.origin).search.slice(1)
    const switching = request.query['switch'] === '1' || !person
    show(response, 200, switching ? chooserPage(world, query, person) : consentPage(world, query, person))
  })

  router.post('/oauth2/person', (request, response) => {
    const person = world.people.find(({ id }) => id === request.body?.person)
    if (!person) return show(response, 400, faultPage('Nobody here has this id.'))
    const query = new URLSearchParams(one(request.body.query))
    query.delete('switch')
    response.cookie(cookieName, person.id, { path: '/', sameSite: 'lax', httpOnly: true })
    response.redirect(303, `/oauth2/authorize?${query}`)
  })

  router.post('/oauth2/authorize', (request, response) => {
    const asking = askingOf(world, Object.fromEntries(new URLSearchParams(one(request.body?.query))), response)
    if (!asking) return
    const person = personIn(world, request)
    // Another tab may have changed who sits here since this page was drawn.
    if (!person || person.id !== request.body.person)
      return show(response, 400, faultPage('You are somebody else by now.'))
    response.redirect(303, decided(world, asking, person, request.body.decision === 'authorize'))
  })

  return router
}

function askingOf(world: World, query: Request['query'], response: Response): AuthorizeRequest | undefined {
  const asked = readAuthorizeRequest(world, query)
  if ('page' in asked) show(response, 400, faultPage(asked.page))
  else if ('back' in asked) response.redirect(303, asked.back)
  else return asked.asking
  return undefined
}

function decided(
  world: World,
  { redirectUri, state, challenge, scope }: AuthorizeRequest,
  person: Person,
  agreed: boolean,
): string {
  if (!agreed) {
    const description = 'The resource owner or authorization server denied the request'
    return answerAddress(redirectUri, { error: 'access_denied', error_description: description, state })
  }
  const code = grantCode(world.grants, { personId: person.id, redirectUri, challenge, scope }, world.now())
  return answerAddress(redirectUri, { code, state })
}

function personIn(world: World, request: Request): Person | undefined {
  const cookies = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return world.people.find(({ id }) => cookies.includes(`${cookieName}=${id}`))
}

function show(response: Response, status: number, page: string): void {
  response.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
  })
  response.status(status).type('html').send(page)
}
