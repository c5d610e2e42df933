import { HttpError, type Http } from '../http.ts'
import type { SpotifyClient, SpotifyClients } from '../spotify/clients.ts'
import { InvalidClientError, InvalidGrantError, RateLimitedError } from '../spotify/errors.ts'
import type { Metrics, RefreshOutcome, SpotifyAnswer, SpotifyEndpoint } from './metrics.ts'

/** The same way to ask, with every request to Spotify counted. */
export function countRequests(http: Http, metrics: Metrics): Http {
  return async (url, options) => {
    const startedAt = performance.now()
    const seen = (answer: SpotifyAnswer) =>
      metrics.spotify(endpointOf(new URL(url).pathname), answer, performance.now() - startedAt)
    try {
      const answer = await http(url, options)
      seen(answerOf(answer.status))
      return answer
    } catch (error) {
      if (options?.signal?.aborted) seen('cancelled')
      else seen(error instanceof HttpError && error.timedOut ? 'timeout' : 'network')
      throw error
    }
  }
}

/** The same clients, with every refresh of a token counted. */
export function countRefreshes(clients: SpotifyClients, metrics: Metrics): SpotifyClients {
  const operator = counted(clients.operator)
  return {
    ...clients,
    operator,
    for(clientId) {
      const client = clients.for(clientId)
      return client === clients.operator ? operator : counted(client)
    },
  }

  function counted(client: SpotifyClient): SpotifyClient {
    const refresh: SpotifyClient['oauth']['refresh'] = async (...given) => {
      try {
        const answer = await client.oauth.refresh(...given)
        metrics.refresh(answer.access ? 'refreshed' : 'failed')
        return answer
      } catch (error) {
        metrics.refresh(outcomeOf(error))
        throw error
      }
    }
    return { ...client, oauth: { ...client.oauth, refresh } }
  }
}

function endpointOf(path: string): SpotifyEndpoint {
  if (path.endsWith('/api/token')) return 'token'
  if (path.endsWith('/me')) return 'me'
  if (path.endsWith('/me/tracks')) return 'tracks'
  return /\/me\/library(\/contains)?$/.test(path) ? 'library' : 'other'
}

function answerOf(status: number): SpotifyAnswer {
  if (status === 401 || status === 403 || status === 429) return `${status}`
  if (status >= 200 && status < 300) return '200'
  if (status >= 500) return '5xx'
  return status >= 400 ? '4xx' : 'other'
}

function outcomeOf(error: unknown): RefreshOutcome {
  if (error instanceof InvalidGrantError) return 'ended'
  if (error instanceof InvalidClientError) return 'misconfigured'
  return error instanceof RateLimitedError ? 'limited' : 'failed'
}
