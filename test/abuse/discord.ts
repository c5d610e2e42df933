import { once } from 'node:events'
import { Routes } from 'discord.js'
import { WebSocketServer, type WebSocket } from 'ws'
import { startSandbox } from '../../sandbox/start.ts'
import type { App } from '../../src/context.ts'
import { readConfig } from '../../src/config.ts'
import { createBot } from '../../src/discord/bot.ts'
import { createClient } from '../../src/discord/client.ts'
import { steadyShards } from '../../src/discord/gateway.ts'
import { createWaits } from '../../src/discord/waits.ts'
import { StartupError } from '../../src/errors.ts'
import { createLanguages } from '../../src/i18n.ts'
import { createLog } from '../../src/log.ts'
import { openStore } from '../../src/store/open-store.ts'
import { until } from '../world/until.ts'
import { abuseHttp, startAbusiveServers } from './http.ts'
import type { AbuseReport } from './targets.ts'
import { uncaughtDuring } from './uncaught.ts'

const log = createLog('silent')
const id = '123456789012345678'

export async function abuseDiscordRest(connections: number): Promise<AbuseReport> {
  await using ends = new AsyncDisposableStack()
  const { discord } = ends.adopt(await startSandbox({ port: 0 }), ({ close }) => close())
  return await abuseHttp(connections, Number(new URL(discord.apiUrl).port), (origin) => {
    const settings = { apiUrl: `${origin}/api`, token: discord.credentials.token, shards: undefined }
    const client = createClient(settings, new Map(), createWaits(log).onWait)
    const file = { name: 'songs.csv', data: Buffer.alloc(100_000) }
    // Whatever fails is its caller's, who is waiting for it.
    const ask = async () => {
      client.rest.setToken(discord.credentials.token)
      await Promise.allSettled([
        client.rest.get(Routes.gatewayBot()),
        client.rest.put(Routes.applicationCommands(id), { body: [] }),
        client.rest.patch(Routes.channelMessage(id, id), { body: { content: 'x'.repeat(2_000) } }),
        client.rest.post(Routes.interactionCallback(id, 'a-token'), { body: { type: 4 }, auth: false }),
        client.rest.post(Routes.webhook(id, 'a-token'), { body: {}, files: [file], auth: false }),
      ])
    }
    return { ask, close: () => client.destroy() }
  })
}

/** Frames that Discord should never send, each on a connection that works up to there. */
const frames: readonly (string | Buffer)[] = [
  ...[
    '',
    '{',
    'null',
    '[]',
    '{"op":"10"}',
    '{"op":10}',
    '{"op":10,"d":{}}',
    '{"op":9}',
    '{"op":7}',
    '{"op":1}',
    '{"op":11}',
  ],
  ...[
    '{"op":0}',
    '{"op":0,"t":"READY","s":1,"d":null}',
    '{"op":0,"t":"READY","s":1,"d":{}}',
    '{"op":0,"t":"RESUMED","s":1}',
  ],
  '{"op":0,"t":"READY","s":1,"d":{"user":null,"guilds":[],"session_id":1,"resume_gateway_url":"nowhere"}}',
  ...['GUILD_CREATE', 'MESSAGE_CREATE', 'INTERACTION_CREATE', 'CHANNEL_UPDATE', 'NOBODY_KNOWS'].map(
    (t) => `{"op":0,"t":"${t}","s":2,"d":null}`,
  ),
  Buffer.from('789c0300deadbeef0000ffff', 'hex'),
  Buffer.alloc(70_000),
]
/** Bytes that are no frame. */
const noFrames = ['f100', '8300', '81ff00000000', '8a7f', '817fffffffffffffffff', '8802ffff', '8801ff', '8103ffffff']
const codes = [1000, 1001, 1011, 4000, 4003, 4004, 4007, 4009, 4014, 4999]

/** Before the gateway's own server at every byte, and in its place with frames that make no sense. */
export async function abuseDiscordGateway(connections: number): Promise<AbuseReport> {
  await using ends = new AsyncDisposableStack()
  const sandbox = ends.adopt(await startSandbox({ port: 0 }), ({ close }) => close())
  const port = Number(new URL(sandbox.discord.apiUrl).port)
  const cutting = ends.adopt(await startAbusiveServers(port), ({ close }) => close())
  const odd = ends.adopt(await startOddGateway(), ({ close }) => close())
  const config = readConfig(sandbox.env)
  const store = ends.adopt(await openStore(config.store), (store) => store.close())
  const abused = (): number => cutting.abused() + odd.abused()
  const gateways = [...cutting.addresses.map((address) => `ws${address}/gateway`), odd.url, odd.url]
  let next = 0
  const uncaught = await uncaughtDuring(async () => {
    await Promise.all(Array.from({ length: 16 }, use))
  })
  sandbox.discord.gatewayAt = undefined
  return { abused: abused(), uncaught }

  async function use(): Promise<void> {
    while (abused() < connections) {
      sandbox.discord.gatewayAt = gateways[next++ % gateways.length]
      const waits = createWaits(log)
      const client = createClient(config.discord, new Map(), waits.onWait, steadyShards(log))
      const parts = {
        commands: new Map(),
        app: { store, languages: createLanguages() } as unknown as App,
        responses: new Map(),
        waits,
      }
      const bot = createBot(client, config.discord, parts, log)
      const before = abused()
      const ended = Promise.race([bot.start().then(() => bot.ended), bot.ended]).catch((error: unknown) => {
        if (!(error instanceof StartupError)) throw error
        return 'ended'
      })
      const enough = until('more abuse', () => abused() >= Math.min(connections, before + 20))
      await Promise.race([ended, enough])
      await bot.stop()
    }
  }
}

async function startOddGateway() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  let abused = 0
  server.on('connection', (socket: WebSocket & { readonly _socket?: { write(bytes: Buffer): void } }) => {
    const acts = [
      ...frames.map((frame) => () => socket.send(frame)),
      ...noFrames.map((hex) => () => socket._socket?.write(Buffer.from(hex, 'hex'))),
      ...codes.map((code) => () => socket.close(code)),
    ]
    const number = abused++
    const act = acts[number % acts.length]
    socket.on('error', () => undefined)
    const end = () => {
      act?.()
      setTimeout(() => socket.terminate(), 50)
    }
    // The first time before a greeting, the next time after it, then after what the bot says to that.
    const turn = Math.floor(number / acts.length) % 3
    if (turn === 0) return end()
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }))
    if (turn === 1) end()
    else socket.once('message', end)
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`,
    abused: () => abused,
    close() {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}
