import type { Request, Response } from 'express'
import type { World } from './world.ts'

/** Tells open pages that something they show has changed. */
export interface Changes {
  /** Keeps a response open and writes "changed" to it, as server-sent events. */
  watch(request: Request, response: Response): void
  close(): void
}

/** Milliseconds. */
const gatherFor = 15
const pollEvery = 500

export function watchChanges(world: World): Changes {
  const open = new Set<Response>()
  let waiting: NodeJS.Timeout | undefined
  let seen = polled(world)

  const stop = world.discord.onChange(announce)
  // Spotify and the bot's connection have no listeners, so they are polled.
  const polling = setInterval(() => {
    const now = polled(world)
    if (now !== seen) announce()
    seen = now
  }, pollEvery)
  polling.unref()

  return { watch, close }

  // One answer of the bot changes several things in a row: they reach the page as one.
  function announce(): void {
    waiting ??= setTimeout(() => {
      waiting = undefined
      for (const response of open) response.write('data: changed\n\n')
    }, gatherFor)
  }

  function watch(_request: Request, response: Response): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write('retry: 1000\n\n')
    open.add(response)
    response.on('close', () => open.delete(response))
  }

  function close(): void {
    stop()
    clearInterval(polling)
    clearTimeout(waiting)
    for (const response of open) response.end()
  }
}

function polled({ discord, spotify }: World): string {
  return JSON.stringify([discord.online(), discord.commands().length, spotify.requests.length, spotify.trouble])
}
