import type { Request, RequestHandler, Response } from 'express'
import { findLike, findSong, likeSong, unlikeSong } from './likes.ts'
import { apiError } from './refusals.ts'
import { single } from './world.ts'
import type { World } from './world.ts'

const most = 40

/** PUT /me/library: songs that are not liked yet come on top. */
export function saveSongs(world: World): RequestHandler {
  return (request, response) => {
    const ids = trackIds(request, response)
    const account = world.grantOf.get(request)?.account
    if (!ids || !account) return
    const songs = ids.map((id) => findSong(world, id))
    if (songs.includes(undefined)) return apiError(response, 404, 'Resource not found')
    for (const song of songs) if (song) likeSong(world, account, song)
    response.status(200).end()
  }
}

/** DELETE /me/library: removing what is not there is fine. */
export function removeSongs(world: World): RequestHandler {
  return (request, response) => {
    const ids = trackIds(request, response)
    const account = world.grantOf.get(request)?.account
    if (!ids || !account) return
    for (const id of ids) unlikeSong(world, account, id)
    response.status(200).end()
  }
}

/** GET /me/library/contains: a yes or no for each, in the order they were asked. */
export function contains(world: World): RequestHandler {
  return (request, response) => {
    const ids = trackIds(request, response)
    const account = world.grantOf.get(request)?.account
    if (ids && account) response.json(ids.map((id) => findLike(account, id) !== undefined))
  }
}

/** The ids in `uris`; undefined when it was refused already. */
function trackIds(request: Request, response: Response): readonly string[] | undefined {
  const uris = single(request.query.uris)?.split(',').filter(Boolean) ?? []
  const ids = uris.map((uri) => /^spotify:track:([0-9A-Za-z]{22})$/.exec(uri)?.[1])
  if (uris.length === 0) apiError(response, 400, 'Missing required field: uris')
  else if (uris.length > most) apiError(response, 400, `Too many uris requested, the most is ${most}`)
  else if (ids.includes(undefined)) apiError(response, 400, 'Invalid uri')
  else return ids.filter((id) => id !== undefined)
  return undefined
}
