import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocketServer, type WebSocket } from 'ws'
import { percentile } from '../report.ts'
import {
  application,
  command,
  fromStrangers,
  likedRecent,
  nextPresses,
  personOf,
  press,
  server,
  serverId,
  type Answer,
} from './interactions.ts'

/** A Discord that sends what it is told to and measures the answers. The bot is the one that has connected last. */
export type Order =
  | ({ readonly order: 'servers' } & Servers)
  /** Resolves with the time of the first answer to a command that is sent as soon as a bot is ready. */
  | { readonly order: 'firstAnswer' }
  /** Everybody up to `people` uses `/liked recent`; their answers are kept for presses. */
  | { readonly order: 'show'; readonly people: number }
  /** The first one presses Next under their page, and under the page after it, one press after the other; the last page. */
  | { readonly order: 'walk'; readonly presses: number; readonly pause: number }
  /** Interactions with 32 outstanding, or one at a time, so many a second. */
  | {
      readonly order: 'load'
      readonly kind: Kind
      readonly count: number
      readonly people: number
      readonly perSecond?: number
    }

export interface Servers {
  readonly count: number
  readonly channels: number
  readonly roles: number
}

/** `next`: everybody turns a page of their own. `stranger`: ever new people, of whom nobody is linked, use a command and press a button by turns. */
type Kind = 'next' | 'stranger'

/** What came of many interactions. Times in milliseconds. */
export interface Load {
  /** Answers a second. */
  readonly rate: number
  readonly p99: number
  readonly deferred: number
}

const outstanding = 32
const waiting = new Map<string, (body: string) => void>()
const shown: Answer[] = []
let bot: WebSocket | undefined
let servers: Servers = { count: 1, channels: 0, roles: 0 }
let sequence = 0
let serial = 0
let deferred = 0
let strangers = 0
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
    greet((d.intents ?? 0) & 1)
    online.resolve()
  })
}

function greet(wantsServers: number): void {
  const user = { id: application, username: 'Hearsay', discriminator: '0', avatar: null, bot: true, flags: 0 }
  const guilds = Array.from({ length: servers.count }, (_, index) => ({ id: serverId(index), unavailable: true }))
  const resume = { session_id: 'session', resume_gateway_url: `ws://127.0.0.1:${port()}` }
  dispatch('READY', JSON.stringify({ v: 10, user, guilds, application: { id: application, flags: 0 }, ...resume }))
  if (!wantsServers) return
  for (let index = 0; index < servers.count; index += 1)
    dispatch('GUILD_CREATE', JSON.stringify(server(index, servers.channels, servers.roles)))
}

function dispatch(type: string, json: string): void {
  sequence += 1
  bot?.send(`{"op":0,"t":"${type}","s":${sequence},"d":${json}}`)
}

/** Sends an interaction, whose JSON lacks its end: id and token. Resolves with the body of its answer. */
function interact(begin: string): Promise<string> {
  serial += 1
  const token = `aW50ZXJhY3Rpb246${serial}`
  const id = 1_180_000_000_000_100_000n + BigInt(serial)
  return new Promise((resolve) => {
    waiting.set(token, resolve)
    dispatch('INTERACTION_CREATE', `${begin},"id":"${id}","token":"${token}"}`)
  })
}

function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
  const [, kind, token = ''] = /\/(interactions|webhooks)\/\d+\/([^/?]+)/.exec(request.url ?? '') ?? []
  if (kind === 'interactions') {
    response.writeHead(204).end()
    const type = Number(/"type":(\d+)/.exec(body)?.[1])
    if (type === 5 || type === 6) deferred += 1
    else finish(token, body)
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  if (kind === 'webhooks') {
    response.end('{"id":"1180000000000000005"}')
    finish(token, body)
    return
  }
  const session = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 }
  const gateway = { url: `ws://127.0.0.1:${port()}`, shards: 1, session_start_limit: session }
  response.end(JSON.stringify(request.method === 'GET' ? gateway : []))
}

function finish(token: string, body: string): void {
  waiting.get(token)?.(body)
  waiting.delete(token)
}

/** As little work as can be: it shares the machine with what is measured. */
function read(request: IncomingMessage, done: (body: string) => void): void {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text: string) => (body += text)).on('end', () => done(body))
}

async function obey(order: Order): Promise<object> {
  if (order.order === 'servers') {
    servers = order
    bot = undefined
    online = Promise.withResolvers()
    return {}
  }
  await online.promise
  if (order.order === 'firstAnswer') {
    await interact(command(personOf(0), 'help', []))
    return { at: performance.timeOrigin + performance.now() }
  }
  if (order.order === 'show') {
    for (let person = 0; person < order.people; person += 1)
      shown[person] = await messageFor(likedRecent(personOf(person)))
    return { shown: shown.length }
  }
  if (order.order === 'walk') {
    let last = shown[0] ?? {}
    for (let pressed = 0; pressed < order.presses; pressed += 1) {
      await sleep(order.pause)
      last = await messageFor(press(personOf(0), personOf(0), last, 'Next'))
    }
    return last
  }
  return load(order)
}

async function messageFor(begin: string): Promise<Answer> {
  const told = JSON.parse(await interact(begin)) as Answer & { data?: Answer }
  return told.data ?? told
}

async function load({ kind, count, people, perSecond }: Extract<Order, { order: 'load' }>): Promise<Load> {
  deferred = 0
  if (kind === 'stranger') strangers += 1_000_000
  const begins = kind === 'stranger' ? fromStrangers(strangers) : nextPresses(shown.slice(0, people))
  const times: number[] = []
  const begun = performance.now()
  let sent = 0
  const sendOn = async (): Promise<void> => {
    while (sent < count) {
      if (perSecond) await sleep(begun + (sent * 1000) / perSecond - performance.now())
      const sentAt = performance.now()
      await interact(begins((sent += 1)))
      times.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: perSecond ? 1 : outstanding }, sendOn))
  return { rate: (count * 1000) / (performance.now() - begun), p99: percentile(times, 0.99), deferred }
}
