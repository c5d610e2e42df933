// Beside the program: the time from every interaction that discord.js hands over to the request that answers it.
import { channel } from 'node:diagnostics_channel'
import discord from '../../node_modules/discord.js/src/index.js'

const received = new Map()
const times = []
const { emit } = discord.Client.prototype
discord.Client.prototype.emit = function emitTimed(event, ...rest) {
  if (event === 'interactionCreate') received.set(rest[0].token, performance.now())
  return emit.call(this, event, ...rest)
}
const answered = (path) => {
  const [, token] = /\/interactions\/\d+\/([^/]+)\/callback/.exec(path) ?? []
  const at = received.get(token)
  if (at === undefined) return
  received.delete(token)
  times.push(performance.now() - at)
}
channel('undici:request:create').subscribe(({ request }) => answered(request.path))
channel('http.client.request.start').subscribe(({ request }) => answered(request.path))

process.on('message', () => process.send({ times: times.splice(0) }))
process.channel?.unref()
process.on('disconnect', () => process.exit())
