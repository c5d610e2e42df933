import { Router } from 'express'
import type { RequestHandler } from 'express'
import { profile } from './objects.ts'
import { apiError } from './refusals.ts'
import { authenticate, keepAllowList, keepLimits, makeTrouble, needsScope } from './middleware.ts'
import { playlistRoutes } from './playlists.ts'
import { contains, removeSongs, saveSongs } from './saving.ts'
import { savedTracks } from './tracks.ts'
import type { World } from './world.ts'

/** The part of the Web API that the sandbox knows, as an app in development mode gets it. */
export function webApi(world: World): Router {
  const router = Router({ strict: true, caseSensitive: true })
  router.use(makeTrouble(world), authenticate(world), keepLimits(world), keepAllowList(world))

  router.get('/me', (request, response) => {
    const grant = world.grantOf.get(request)
    if (grant) response.json(profile(grant.account, world.origin))
  })
  router.get('/me/tracks', needsScope(world, 'user-library-read'), savedTracks(world))
  router.use(playlistRoutes(world))
  router.put('/me/library', needsScope(world, 'user-library-modify'), saveSongs(world))
  router.delete('/me/library', needsScope(world, 'user-library-modify'), removeSongs(world))
  router.get('/me/library/contains', needsScope(world, 'user-library-read'), contains(world))
  router.use(refuseRemoved(world))
  return router
}

const removed = [
  /^(PUT|DELETE) \/me\/(tracks|albums|shows|episodes|audiobooks|following)$/,
  /^GET \/me\/(tracks|albums|shows|episodes|audiobooks|following)\/contains$/,
  /^GET \/(tracks|albums|artists|episodes|shows|audiobooks|chapters)$/,
  /^GET \/(users\/|browse\/|recommendations|audio-features|audio-analysis|markets)/,
  /^GET \/artists\/[^/]+\/(related-artists|top-tracks)$/,
]

/** Endpoints that were taken from apps in development mode. */
function refuseRemoved(world: World): RequestHandler {
  return (request, response, next) => {
    const line = `${request.method} ${request.path}`
    if (!removed.some((pattern) => pattern.test(line))) return next()
    world.surprises.push(`${line}: not for apps in development mode.`)
    return apiError(response, 403, 'Forbidden')
  }
}
