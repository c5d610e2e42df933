import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeDiscord } from './discord.ts'
import { deliverTo } from './endpoint/deliver.ts'
import { disconnect, heartbeatOf, serveGateway } from './gateway/gateway.ts'
import { isOnline } from './gateway/sessions.ts'
import { withoutNetwork } from './in-process.ts'
import { countLive } from './oauth/grants.ts'
import { discordApp } from './server.ts'
import { allCommands } from './state/commands.ts'
import { settle } from './state/interactions.ts'
import type { DiscordOptions, World } from './state/world.ts'
import { createWorld } from './state/world.ts'

/** Starts a Discord on 127.0.0.1. @throws Error from node:net when the port is taken. */
export async function startDiscord(options: DiscordOptions): Promise<FakeDiscord> {
  const server = createServer()
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const world = createWorld(options, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  server.on('request', discordApp(world))
  const gateway = serveGateway(world, server)

  return {
    ...withoutNetwork(world),
    authorizeUrl: `${world.origin}/oauth2/authorize`,
    publicKey: world.endpoint.publicKey,
    deliveries: world.endpoint.deliveries,
    get latestDelivery() {
      return world.endpoint.latest
    },
    deliverTo: (urls) => deliverTo(world, urls),
    online: () => isOnline(world),
    ready: (timeout = 10_000) => becomeReady(world, timeout),
    liveTokens: () => countLive(world.grants, world.now()),
    get chatUrl() {
      return world.chatUrl
    },
    set chatUrl(url) {
      world.chatUrl = url
    },
    get attachmentSizeLimit() {
      return world.attachmentSizeLimit
    },
    set attachmentSizeLimit(bytes) {
      world.attachmentSizeLimit = bytes
    },
    get gatewayAway() {
      return world.gatewayAway
    },
    set gatewayAway(away) {
      world.gatewayAway = away
    },
    get gatewayAt() {
      return world.gatewayAt
    },
    set gatewayAt(url) {
      world.gatewayAt = url
    },
    get turnedAway() {
      return world.turnedAway
    },
    get admitShard() {
      return world.admitShard
    },
    set admitShard(admit) {
      world.admitShard = admit
    },
    identified: world.identified,
    heartbeat: (shard) => heartbeatOf(world, shard),
    disconnect: (code, shard) => disconnect(world, gateway, code, shard),
    freezeGateway() {
      for (const socket of gateway.clients) socket.pause()
    },
    async close() {
      for (const interaction of world.interactions.values())
        settle(interaction, { kind: 'failed', reason: 'Discord was closed' })
      for (const socket of gateway.clients) socket.terminate()
      gateway.close()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function becomeReady(world: World, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const isReady = () => isOnline(world) && allCommands(world).length > 0
    if (isReady()) return resolve()
    const timer = setTimeout(() => {
      world.listeners.delete(look)
      const missing = isOnline(world) ? 'registered no commands' : 'did not come online'
      reject(new Error(`The bot ${missing} within ${timeout} ms.`))
    }, timeout)
    world.listeners.add(look)

    function look() {
      if (!isReady()) return
      clearTimeout(timer)
      world.listeners.delete(look)
      resolve()
    }
  })
}
