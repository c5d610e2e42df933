// Beside the program: the time from every interaction that the gateway hands over to the request that answers it.
import { channel } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'

// The very copy that discord.js has loaded.
const { resolve } = createRequire(new URL('../../package.json', import.meta.url))
const ofDiscordJs = createRequire(resolve('discord.js'))
const { WebSocketManager, WebSocketShardEvents } = ofDiscordJs('@discordjs/ws')

const received = new Map()
const times = []
const { emit } = WebSocketManager.prototype
WebSocketManager.prototype.emit = function emitTimed(event, ...rest) {
  const payload = event === WebSocketShardEvents.Dispatch ? rest[0].data : undefined
  if (payload?.t === 'INTERACTION_CREATE') received.set(payload.d.token, performance.now())
  return emit.call(this, event, ...rest)
}
channel('undici:request:create').subscribe(({ request }) => {
  const [, token] = /\/interactions\/\d+\/([^/]+)\/callback/.exec(request.path) ?? []
  const at = received.get(token)
  if (at === undefined) return
  received.delete(token)
  times.push(performance.now() - at)
})

process.on('message', () => process.send({ times: times.splice(0) }))
process.channel?.unref()
process.on('disconnect', () => process.exit())
