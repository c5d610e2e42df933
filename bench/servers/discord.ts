import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocketServer, type WebSocket } from 'ws'
import { application, command, personOf, press, server, serverId, type Answer } from './interactions.ts'
import { createWaiting, drive } from './load.ts'

/** A Discord that sends what it is told to and measures the answers. The bot is whoever has connected last. */
export type Order =
  | { readonly order: 'servers'; readonly count: number; readonly channels: number; readonly roles: number }
  /** Resolves with the time of the first answer to a command that is sent as soon as somebody is ready. */
  | { readonly order: 'firstAnswer' }
  /** Everybody up to `people` uses `/liked recent`; their answers are kept for presses. */
  | { readonly order: 'look'; readonly people: number }
  /** The first one presses Next under their page, and under what comes of it, one after the other. */
  | { readonly order: 'walk'; readonly presses: number; readonly pause: number }
  | { readonly order: 'load'; readonly kind: Kind; readonly count: number; readonly people: number }

/** `next`: everybody turns a page of their own. `stranger`: ever new people, of whom nobody is linked, use a command and press a button by turns. */
export type Kind = 'next' | 'recent' | 'stranger'

const outstanding = 32
const waiting = createWaiting()
const shown: Answer[] = []
let bot: WebSocket | undefined
let servers = { count: 1, channels: 0, roles: 0 }
let sequence = 0
let deferred = 0
let met = 0
let online = Promise.withResolvers<void>()

const http = createServer((request, response) => read(request, (body) => answer(request, body, response)))
http.keepAliveTimeout = 60_000
new WebSocketServer({ server: http }).on('connection', connect)
http.listen(0, '127.0.0.1', () => process.send?.({ apiUrl: `http://127.0.0.1:${port()}/api` }))
process.on('message', (order: Order) => void obey(order).then((told) => process.send?.(told)))
process.on('disconnect', () => process.exit())

function port(): number {
  return (http.address() as AddressInfo).port
}

function connect(socket: WebSocket): void {
  socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 }, s: null, t: null }))
  socket.on('message', (data) => {
    const { op, d } = JSON.parse((data as Buffer).toString()) as { op: number; d: { intents?: number } }
    if (op === 1) socket.send('{"op":11}')
    if (op !== 2) return
    bot = socket
    greet(socket, (d.intents ?? 0) & 1)
    online.resolve()
  })
}

function greet(socket: WebSocket, wantsServers: number): void {
  const self = { id: application, username: 'Hearsay', discriminator: '0', avatar: null, bot: true, flags: 0 }
  const guilds = Array.from({ length: servers.count }, (_, index) => ({ id: serverId(index), unavailable: true }))
  const resume = { session_id: 'session', resume_gateway_url: `ws://127.0.0.1:${port()}` }
  dispatch(
    'READY',
    JSON.stringify({ v: 10, user: self, guilds, application: { id: application, flags: 0 }, ...resume }),
  )
  if (!wantsServers) return
  for (let index = 0; index < servers.count; index += 1)
    dispatch('GUILD_CREATE', JSON.stringify(server(index, servers.channels, servers.roles)))
}

function dispatch(type: string, json: string): void {
  sequence += 1
  bot?.send(`{"op":0,"t":"${type}","s":${sequence},"d":${json}}`)
}

function interact(begin: string, answered: (body: string) => void): void {
  dispatch('INTERACTION_CREATE', begin + waiting.end(answered))
}

function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
  const [, kind, , token = ''] = /\/(interactions|webhooks)\/(\d+)\/([^/?]+)/.exec(request.url ?? '') ?? []
  if (kind === 'interactions') {
    response.writeHead(204).end()
    const type = Number(/"type":(\d+)/.exec(body)?.[1])
    if (type === 5 || type === 6) deferred += 1
    waiting.first(token, type, body)
    return
  }
  const session = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 }
  const gateway = { url: `ws://127.0.0.1:${port()}`, shards: 1, session_start_limit: session }
  const told = kind === 'webhooks' ? { id: '1180000000000000005' } : request.method === 'GET' ? gateway : []
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told))
  if (kind === 'webhooks') waiting.edited(token, body)
}

/** As little work as can be: it shares the machine with whoever is measured. */
function read(request: IncomingMessage, done: (body: string) => void): void {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text: string) => (body += text)).on('end', () => done(body))
}

const page = { components: [{ components: [{ label: 'Next', custom_id: `liked:1:${personOf(0)}:10::n` }] }] }
const recent = [{ type: 1, name: 'recent', options: [] }]

async function obey(order: Order): Promise<object> {
  if (order.order === 'servers') {
    servers = order
    bot = undefined
    online = Promise.withResolvers()
    return {}
  }
  await online.promise
  if (order.order === 'firstAnswer') {
    await new Promise<string>((resolve) => interact(command(personOf(0), 'help', []), resolve))
    return { at: performance.timeOrigin + performance.now() }
  }
  if (order.order === 'look') {
    for (let person = 0; person < order.people; person += 1)
      shown[person] = await answerTo(command(personOf(person), 'liked', recent))
    return { shown: shown.length }
  }
  if (order.order === 'walk') {
    const own = personOf(0)
    for (let pressed = 0; pressed < order.presses; pressed += 1) {
      await sleep(order.pause)
      shown[0] = await answerTo(press(own, own, shown[0] ?? {}, 'Next'))
    }
    return { walked: order.presses }
  }
  deferred = 0
  const begins = beginningsOf(order.kind, order.people)
  const load = await drive((index, answered) => interact(begins(index), answered), { ...order, outstanding })
  return { ...load, deferred }
}

async function answerTo(begin: string): Promise<Answer> {
  const body = await new Promise<string>((resolve) => interact(begin, resolve))
  const told = JSON.parse(body) as Answer & { data?: Answer }
  return told.data ?? told
}

/** Made beforehand where the same come again, so that the making is not measured. */
function beginningsOf(kind: Kind, people: number): (index: number) => string {
  if (kind === 'stranger') {
    met += 1_000_000
    const from = met
    return (index) =>
      index % 2
        ? press(personOf(from + index), personOf(0), page, 'Next')
        : command(personOf(from + index), 'liked', recent)
  }
  const made = Array.from({ length: people }, (_, person) => {
    const own = personOf(person)
    return kind === 'recent' ? command(own, 'liked', recent) : press(own, own, shown[person] ?? {}, 'Next')
  })
  return (index) => made[index % people] ?? ''
}
