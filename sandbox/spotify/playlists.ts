import express, { Router } from 'express'
import type { Request, RequestHandler, Response } from 'express'
import { base62, generator } from '../songs/random.ts'
import { hasScope } from './middleware.ts'
import { apiError } from './refusals.ts'
import type { Playlist, SpotifyAccount } from './spotify.ts'
import { single } from './world.ts'
import type { World } from './world.ts'

const mostAtOnce = 100
const mostItems = 10_000

/** Playlists as an app in development mode may make and fill them: https://developer.spotify.com/documentation/web-api. */
export function playlistRoutes(world: World): Router {
  const router = Router({ strict: true, caseSensitive: true })
  const json = express.json({ limit: '256kb' })

  router.post('/me/playlists', json, (request, response) => {
    const account = world.grantOf.get(request)?.account
    const { name, description = '', public: isPublic = true, collaborative = false } = bodyOf(request)
    if (!account || !may(world, request, response, isPublic !== false)) return
    if (typeof name !== 'string' || !name || name.length > 100) return apiError(response, 400, 'Invalid name')
    if (String(description).length > 300) return apiError(response, 400, 'Invalid description')
    const about = { name, description: String(description), isPublic: isPublic !== false }
    response
      .status(201)
      .json(playlistObject(makePlaylist(world, account, { ...about, isShared: collaborative === true })))
  })

  router.get('/playlists/:id', (request, response) => {
    const playlist = find(world, request, response)
    if (playlist) response.json(playlistObject(playlist))
  })

  router.put('/playlists/:id/items', json, (request, response) => {
    const uris = urisFor(world, request, response)
    if (!uris) return
    uris.playlist.items = uris.wanted
    response.status(200).json({ snapshot_id: snapshot(uris.playlist) })
  })

  router.post('/playlists/:id/items', json, (request, response) => {
    const uris = urisFor(world, request, response)
    if (!uris) return
    const { playlist, wanted } = uris
    if (playlist.items.length + wanted.length > mostItems)
      return apiError(response, 400, 'Playlist size limit reached: 10000')
    const { position = playlist.items.length } = bodyOf(request)
    playlist.items.splice(Number(position), 0, ...wanted)
    response.status(201).json({ snapshot_id: snapshot(playlist) })
  })

  router.get('/me/library/contains', (request, response, next) => {
    const asked = playlistsIn(world, request)
    if (!asked) return next()
    return void response.json(asked.map((playlist) => playlist?.isKept ?? false))
  })
  router.put('/me/library', keep(world, true))
  router.delete('/me/library', keep(world, false))
  return router
}

/** A playlist of that person's, as if they had made it in the app. */
function makePlaylist(
  world: World,
  account: SpotifyAccount,
  about: Pick<Playlist, 'name' | 'description' | 'isPublic' | 'isShared'>,
): Playlist {
  const id = base62(generator(world.playlists.length + 1))
  const playlist = { ...about, id, owner: account.id, items: [], isKept: true }
  world.playlists.push(playlist)
  return playlist
}

/** Deleting a playlist is no longer keeping it: it is still there for who has its id. */
function keep(world: World, isKept: boolean): RequestHandler {
  return (request, response, next) => {
    const asked = playlistsIn(world, request)
    if (!asked) return next()
    if (asked.includes(undefined)) return apiError(response, 404, 'Resource not found')
    for (const playlist of asked)
      if (playlist && may(world, request, response, playlist.isPublic)) playlist.isKept = isKept
    if (!response.headersSent) response.status(200).end()
  }
}

/** The playlists among `uris`; undefined where there is none. */
function playlistsIn(world: World, request: Request): (Playlist | undefined)[] | undefined {
  const ids = single(request.query.uris)
    ?.split(',')
    .map((uri) => /^spotify:playlist:([0-9A-Za-z]{22})$/.exec(uri)?.[1])
  if (!ids?.every((id) => id !== undefined)) return undefined
  const owner = world.grantOf.get(request)?.account.id
  return ids.map((id) => world.playlists.find((one) => one.id === id && one.owner === owner))
}

function urisFor(world: World, request: Request, response: Response) {
  const playlist = find(world, request, response)
  if (!playlist || !may(world, request, response, playlist.isPublic)) return undefined
  const account = world.grantOf.get(request)?.account
  if (playlist.owner !== account?.id && !playlist.isShared) return apiError(response, 403, 'Forbidden')
  const { uris } = bodyOf(request)
  if (!Array.isArray(uris)) return apiError(response, 400, 'No uris provided')
  if (uris.length > mostAtOnce) return apiError(response, 400, 'You can add a maximum of 100 tracks per request.')
  const wanted = uris.map(String)
  const wrong = wanted.find((uri) => !/^spotify:(?:track|episode):[0-9A-Za-z]{22}$/.test(uri))
  if (wrong !== undefined) return apiError(response, 400, `Invalid track uri: ${wrong}`)
  return { playlist, wanted }
}

function find(world: World, request: Request, response: Response): Playlist | undefined {
  const playlist = world.playlists.find(({ id }) => id === request.params['id'])
  if (!playlist) apiError(response, 404, 'Resource not found')
  return playlist
}

function may(world: World, request: Request, response: Response, isPublic: boolean): boolean {
  const isGranted = hasScope(world, request, isPublic ? 'playlist-modify-public' : 'playlist-modify-private')
  if (!isGranted) apiError(response, 403, 'Insufficient client scope')
  return isGranted
}

function bodyOf(request: Request): Readonly<Record<string, unknown>> {
  return (request.body ?? {}) as Readonly<Record<string, unknown>>
}

function snapshot({ id, items }: Playlist): string {
  return Buffer.from(`${items.length},${id}`).toString('base64')
}

function playlistObject(playlist: Playlist) {
  const { id, name, description, isPublic, isShared, owner, items } = playlist
  return {
    collaborative: isShared,
    description,
    external_urls: { spotify: `https://open.spotify.com/playlist/${id}` },
    id,
    images: [],
    items: { total: items.length, limit: 100, offset: 0 },
    name,
    owner: { id: owner, type: 'user', uri: `spotify:user:${owner}` },
    public: isPublic,
    snapshot_id: snapshot(playlist),
    type: 'playlist',
    uri: `spotify:playlist:${id}`,
  }
}
