import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPages, type Change } from './pages.ts'

/**
 * A Spotify whose answers are ready, so that next to no processor time goes into it: the clock sees the client that is
 * measured. An account is called `<name>-<songs>`, and its authorization code is its name.
 */
export interface Order {
  /** Of every page, in milliseconds. */
  readonly delay?: number
  /** Refuses the access tokens of now. */
  readonly expire?: boolean
  readonly change?: Change
}

/** Since the order before. */
export interface Count {
  readonly pages: number
  readonly refreshes: number
  readonly refused: number
  readonly connections: number
  readonly mostAtOnce: number
}

let delay = 0
let count = nothing()
let sockets = new Set<Socket>()
let atOnce = 0
let grants = 0
const accounts = new Map<string, string>()
/** Every refresh token is good once, as with rotation. */
const refreshTokens = new Map<string, string>()
const pages = createPages()

const server = createServer((request, response) => void answer(request, response))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ apiUrl: `http://127.0.0.1:${port}/v1`, accountsUrl: `http://127.0.0.1:${port}` })
})
process.on('disconnect', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://spotify')
  if (pathname === '/api/token') return give(response, ...exchange(await text(request)))
  if (pathname === '/order') return give(response, 200, obey(JSON.parse(await text(request)) as Order))
  sockets.add(request.socket)
  atOnce += 1
  count.mostAtOnce = Math.max(count.mostAtOnce, atOnce)
  if (delay > 0) await sleep(delay)
  atOnce -= 1
  const account = accounts.get(request.headers.authorization?.slice('Bearer '.length) ?? '')
  if (account === undefined) {
    count.refused += 1
    return give(response, 401, { error: { status: 401, message: 'The access token expired' } })
  }
  if (pathname === '/v1/me') return give(response, 200, { id: account, display_name: account })
  count.pages += 1
  const page = pages.get(Number(account.split('-').at(-1)), Number(searchParams.get('offset') ?? 0))
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': page.length })
  response.end(page)
}

function exchange(body: string): [number, object] {
  const fields = new URLSearchParams(body)
  const refreshToken = fields.get('refresh_token')
  if (refreshToken === null) return [200, grant(fields.get('code') ?? '')]
  count.refreshes += 1
  const account = refreshTokens.get(refreshToken)
  refreshTokens.delete(refreshToken)
  return account === undefined ? [400, { error: 'invalid_grant' }] : [200, grant(account)]
}

function grant(account: string): object {
  grants += 1
  accounts.set(`access-${grants}`, account)
  refreshTokens.set(`refresh-${grants}`, account)
  const tokens = { access_token: `access-${grants}`, refresh_token: `refresh-${grants}` }
  return { ...tokens, token_type: 'Bearer', expires_in: 3600, scope: 'user-library-read' }
}

function give(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function obey({ change, expire, ...settings }: Order): Count {
  delay = settings.delay ?? delay
  if (expire) accounts.clear()
  if (change) pages.change(change)
  const since: Count = { ...count, connections: sockets.size }
  count = nothing()
  sockets = new Set()
  return since
}

function nothing(): { -readonly [Name in keyof Count]: number } {
  return { pages: 0, refreshes: 0, refused: 0, connections: 0, mostAtOnce: 0 }
}
