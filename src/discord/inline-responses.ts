import { DefaultRestOptions, type RESTOptions } from 'discord.js'

type MakeRequest = RESTOptions['makeRequest']

/** Discord's own request that brought an interaction, which can carry the first answer back. */
export interface InlineResponse {
  /** Sends the answer; false when the connection broke before all of it was out. */
  send(json: string): Promise<boolean>
  /** 202: the answer takes the callback route. Without effect once answered. */
  accept(): void
}

/** The open requests, by interaction id, and the REST option that writes answers into them. */
export interface InlineResponses {
  open(interactionId: string, response: InlineResponse): void
  /**
   * Lets the answer take the callback route: what is followed by more must have arrived before, which only that route
   * tells.
   */
  useCallback(interactionId: string): void
  /** When its interaction is over. */
  forget(interactionId: string): void
  readonly makeRequest: MakeRequest
}

export function createInlineResponses(): InlineResponses {
  const responses = new Map<string, InlineResponse>()

  return {
    open: (id, response) => void responses.set(id, response),
    useCallback(id) {
      responses.get(id)?.accept()
      responses.delete(id)
    },
    forget: (id) => void responses.delete(id),
    async makeRequest(url, init) {
      const [, id = ''] = /\/interactions\/(\d+)\/[^/]+\/callback(?:\?|$)/.exec(url) ?? []
      const response = responses.get(id)
      responses.delete(id)
      if (!response) return overHttp(url, init)
      if (typeof init.body === 'string') {
        if (await response.send(init.body)) return new Response(null, { status: 204 })
        throw new Error('The connection broke while the answer was sent in the response')
      }
      // Files fit into the callback route only.
      response.accept()
      return overHttp(url, init)
    },
  }
}

/**
 * Sends a form with files as bytes. As a stream it ends the whole process where Discord answers before it has read all
 * of it, as with a 500: Node goes on filling the stream, and nobody can catch what it throws.
 */
const overHttp: MakeRequest = async (url, init) => {
  const { makeRequest } = DefaultRestOptions
  if (!(init.body instanceof FormData)) return makeRequest(url, init)
  const form = new Response(init.body)
  const type = form.headers.get('content-type') ?? ''
  const headers = { ...(init.headers as Record<string, string>), 'content-type': type }
  return makeRequest(url, { ...init, headers, body: await form.bytes() })
}
