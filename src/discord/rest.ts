import { DefaultRestOptions, REST, type RESTOptions } from '@discordjs/rest'

/** Discord's API as this bot. @param apiUrl such as `https://discord.com/api` */
export function createRest(apiUrl: string, token: string): REST {
  return new REST({
    api: apiUrl,
    timeout: 10_000,
    // The default of 50 a second counts answers to interactions as well, which Discord does not; real 429s are still honoured.
    globalRequestsPerSecond: 1_000,
    // It keeps a queue for every interaction that was answered late, and lets go of them once an hour.
    handlerSweepInterval: 15_000,
    makeRequest: asBytes,
  }).setToken(token)
}

/**
 * Sends a form with files as bytes. As a stream it ends the whole process where Discord answers before it has read all
 * of it, as with a 500: Node goes on filling the stream, and nobody can catch what it throws.
 */
const asBytes: RESTOptions['makeRequest'] = async (url, init) => {
  const { makeRequest } = DefaultRestOptions
  if (!(init.body instanceof FormData)) return makeRequest(url, init)
  const form = new Response(init.body)
  const type = form.headers.get('content-type') ?? ''
  const headers = { ...(init.headers as Record<string, string>), 'content-type': type }
  return makeRequest(url, { ...init, headers, body: await form.bytes() })
}
