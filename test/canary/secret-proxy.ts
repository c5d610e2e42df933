import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request as ask } from 'undici'
import type { Secrets } from './secrets.ts'

/** A proxy before a provider, or before the program, that notes every secret that passes. */
export interface SecretProxy {
  /** In the place of the provider's origin. */
  readonly origin: string
  /**
   * The next so many requests whose path matches are answered with a failure that quotes them whole.
   * Resolves when the last of the failures has been sent.
   */
  echoes(path: RegExp, ...statuses: number[]): Promise<void>
  close(): Promise<void>
}

export async function startSecretProxy(target: string, secrets: Secrets): Promise<SecretProxy> {
  const agent = new Agent()
  const echoing: { path: RegExp; statuses: number[]; onLast: () => void }[] = []
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    echoes: (path, ...statuses) => new Promise((onLast) => void echoing.push({ path, statuses, onLast })),
    async close() {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await Promise.all([closed, agent.destroy()])
    },
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method = 'GET', headers } = request
    const body = Buffer.concat(await Array.fromAsync(request))
    noteRequest(url, headers['authorization'] ?? '', body.toString())
    const echoed = echoing.find(({ path, statuses }) => path.test(url) && statuses.length > 0)
    const status = echoed?.statuses.shift()
    if (echoed && status !== undefined) {
      echo(response, status, `${url} ${headers['authorization']} ${body.toString()}`)
      if (echoed.statuses.length === 0) response.once('close', echoed.onLast)
      return
    }
    const answer = await ask(target + url, {
      dispatcher: agent,
      method: method as 'GET',
      headers: endToEnd(headers),
      body: body.length > 0 ? body : null,
    })
    const answered = Buffer.from(await answer.body.arrayBuffer())
    noteAnswer(answered.toString())
    response.writeHead(answer.statusCode, endToEnd(answer.headers)).end(answered)
  }

  function noteRequest(url: string, authorization: string, body: string): void {
    secrets.add('access token', /^Bearer (.+)$/.exec(authorization)?.[1])
    secrets.add('client secret', /^Basic (.+)$/.exec(authorization)?.[1])
    secrets.add('interaction token', /\/(?:webhooks|interactions)\/\d+\/([^/?]+)/.exec(url)?.[1])
    secrets.add('interaction token', /"token":"(aW50[^"]+)"/.exec(body)?.[1])
    const form = new URLSearchParams(body)
    secrets.add('code', form.get('code'))
    secrets.add('verifier', form.get('code_verifier'))
    secrets.add('refresh token', form.get('refresh_token'))
  }

  function noteAnswer(text: string): void {
    secrets.add('access token', /"access_token":"([^"]+)"/.exec(text)?.[1])
    secrets.add('refresh token', /"refresh_token":"([^"]+)"/.exec(text)?.[1])
  }
}

/** Without what is between two neighbours only. */
function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const between = ['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || between.includes(name) ? [] : [[name, value]],
    ),
  )
}

function echo(response: ServerResponse, status: number, seen: string): void {
  const error = { error: 'invalid_request', error_description: seen, message: seen, access_token: 1 }
  // Longer headers are refused before anybody reads the rest.
  const header = encodeURIComponent(seen).slice(0, 8_000)
  response.writeHead(status, { 'content-type': 'application/json', 'x-seen': header })
  response.end(JSON.stringify(error))
}
