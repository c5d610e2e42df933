import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPages } from './pages.ts'
import { createTokens } from './tokens.ts'

/**
 * A Spotify whose answers lie ready, so that next to no processor time goes into it: whoever is measured against it is
 * what the clock sees. An account is called `<name>-<songs>`, and its authorization code is its name.
 */
export type Order =
  | { readonly order: 'settings'; readonly delay: number }
  | { readonly order: 'count' | 'expire' }
  | { readonly order: 'change'; readonly songs: number; readonly saves: number; readonly removals: readonly number[] }

/** Since the last time that it was asked. */
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
const tokens = createTokens()
const pages = createPages()

const server = createServer((request, response) => void answer(request, response))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ apiUrl: `http://127.0.0.1:${port}/v1`, accountsUrl: `http://127.0.0.1:${port}` })
})
process.on('message', (order: Order) => {
  process.send?.(obey(order))
})
process.on('disconnect', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://spotify')
  if (pathname === '/api/token') return give(response, ...(await exchange(request)))
  sockets.add(request.socket)
  atOnce += 1
  count.mostAtOnce = Math.max(count.mostAtOnce, atOnce)
  if (delay > 0) await sleep(delay)
  atOnce -= 1
  const account = tokens.accountOf(request.headers.authorization?.slice('Bearer '.length) ?? '')
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

async function exchange(request: IncomingMessage): Promise<[number, object]> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const fields = new URLSearchParams(body)
  const refreshToken = fields.get('refresh_token')
  if (refreshToken === null) return [200, tokens.begin(fields.get('code') ?? '')]
  count.refreshes += 1
  const next = tokens.refresh(refreshToken)
  return next ? [200, next] : [400, { error: 'invalid_grant' }]
}

function give(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function obey(order: Order): object {
  if (order.order === 'settings') ({ delay } = order)
  if (order.order === 'expire') tokens.expire()
  if (order.order === 'change') pages.change(order.songs, order.saves, order.removals)
  const since: Count = { ...count, connections: sockets.size }
  count = nothing()
  sockets = new Set()
  return since
}

function nothing(): { -readonly [Name in keyof Count]: number } {
  return { pages: 0, refreshes: 0, refused: 0, connections: 0, mostAtOnce: 0 }
}
