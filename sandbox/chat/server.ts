import type { AddressInfo } from 'node:net'
import type { NextFunction, Request, Response } from 'express'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import express from 'express'
import type { Changes } from './changes.ts'
import type { World } from './world.ts'
import { actions } from './actions.ts'
import { onlyThisPage, pageHeaders, refuse } from './middleware.ts'
import { fileFor, stateFor } from './state.ts'
import { watchChanges } from './changes.ts'

/** The chat page, running. */
export interface Chat {
  readonly url: string
  close(): Promise<void>
}

/** The chat page cannot be served on the port. The message is for a person. */
export class ChatPortError extends Error {
  override readonly name = 'ChatPortError'
}

const page = fileURLToPath(new URL('page/', import.meta.url))

/**
 * Serves the chat page on loopback; port 0 is any free one.
 * @throws ChatPortError
 */
export async function startChat(world: World, port: number): Promise<Chat> {
  const changes = watchChanges(world)
  const server = createServer(chatApp(world, changes))
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
  } catch (error) {
    changes.close()
    throw portError(error, port)
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }

  async function close(): Promise<void> {
    changes.close()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
}

function chatApp(world: World, changes: Changes) {
  const app = express().disable('x-powered-by').disable('etag')
  app.use(pageHeaders(new URL(world.spotify.apiUrl).origin), onlyThisPage, express.json({ limit: '32kb' }))
  app.get('/api/events', changes.watch)
  app.get('/api/state', (request, response) => {
    const state = stateFor(world, text(request.query['person']), text(request.query['channel']))
    if (state) response.json(state)
    else refuse(response, 404, 'There is no such person or channel here.')
  })
  app.get('/api/files/:person/:channel/:message/:place', ({ params }, response) => {
    const file = fileFor(world, params.person, params.channel, params.message, Number(params.place))
    if (file) response.attachment(file.name).send(Buffer.from(file.text))
    else refuse(response, 404, 'There is no such file here.')
  })
  app.use('/api', actions(world))
  app.use(express.static(page, { cacheControl: false }))
  app.use((_request, response) => refuse(response, 404, 'There is nothing here.'))
  app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    refuse(response, error.status ?? 500, 'That could not be read.')
  })
  return app
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function portError(cause: unknown, port: number): ChatPortError {
  const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
  const why = taken ? 'is already in use by another program' : 'cannot be opened by this user'
  return new ChatPortError(`Port ${port} ${why}. Choose another one: PORT=${anotherThan(port)} npm start`, { cause })
}

function anotherThan(port: number): number {
  return port < 1024 ? 8888 : port === 65_535 ? 65_534 : port + 1
}
