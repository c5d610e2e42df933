import type { RequestHandler } from 'express'
import { savedTrack } from './objects.ts'
import { apiError } from './refusals.ts'
import { single } from './world.ts'
import type { World } from './world.ts'

/** GET /me/tracks: a page of the library, newest first. */
export function savedTracks(world: World): RequestHandler {
  return (request, response) => {
    const limit = wholeNumber(request.query.limit, 20)
    if (limit === undefined || limit < 1 || limit > 50) return apiError(response, 400, 'Invalid limit')
    const offset = wholeNumber(request.query.offset, 0)
    if (offset === undefined) return apiError(response, 400, 'Invalid offset')
    const market = request.query.market === undefined ? undefined : (single(request.query.market) ?? '')
    if (market !== undefined && !/^([A-Z]{2}|from_token)$/.test(market)) {
      return apiError(response, 400, 'Invalid market code')
    }

    const { trouble } = world.switches
    if (trouble.kind === 'no-page') return void response.json(noPages[world.requests.length % noPages.length])
    if (trouble.kind === 'broken-pages' && offset < trouble.to && offset + limit > trouble.from)
      return apiError(response, 500, 'Internal server error')

    const library = world.grantOf.get(request)?.account.library ?? []
    const most = trouble.kind === 'short-pages' ? trouble.most : limit
    const saved = library.slice(offset, offset + Math.min(most, limit))
    for (const { song } of saved) if (song) world.seenSongs.set(song.id, song)
    const address = (at: number) =>
      `${world.origin}/v1/me/tracks?offset=${at}&limit=${limit}${market ? `&market=${market}` : ''}`
    const items = saved.map((one) => savedTrack(one, world.origin, market !== undefined))
    const page = JSON.stringify({
      href: address(offset),
      items: [],
      limit,
      next: offset + limit < library.length ? address(offset + limit) : null,
      offset,
      previous: offset > 0 ? address(Math.max(0, offset - limit)) : null,
      total: trouble.kind === 'wrong-total' ? trouble.total : library.length,
    })
    response.type('json').send(page.replace('"items":[]', () => `"items":[${items.join()}]`))
  }
}

/** What has been sent with 200 in place of a page. */
const noPages: readonly unknown[] = [
  { items: [], limit: 0, offset: 0, total: 0, next: null },
  {},
  { error: { status: 500, message: 'Server error.' } },
  { items: null, limit: 50, offset: 0, total: 60 },
  { items: [], limit: 50, offset: 0, total: 60 },
]

function wholeNumber(value: unknown, otherwise: number): number | undefined {
  if (value === undefined) return otherwise
  const text = single(value) ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
