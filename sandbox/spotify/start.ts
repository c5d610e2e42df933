import { once } from 'node:events'
import { createServer } from 'node:http'
import { spotifyApp } from './app.ts'
import { withoutNetwork } from './in-process.ts'
import type { FakeSpotify } from './spotify.ts'
import { createWorld } from './world.ts'
import type { SpotifyOptions } from './world.ts'

/** Starts a Spotify on 127.0.0.1, on any free port where none is given; rejects when the port is taken. */
export async function startSpotify({ port, ...options }: SpotifyOptions & { port?: number }): Promise<FakeSpotify> {
  const ending = new AbortController()
  const world = createWorld(options, ending.signal)
  const server = createServer(spotifyApp(world))
  server.listen(port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('The server has no port.')
  world.origin = `http://127.0.0.1:${address.port}`

  return Object.assign(withoutNetwork(world), {
    async close() {
      ending.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  })
}
