import { STATUS_CODES } from 'node:http'
import type { RESTOptions } from 'discord.js'
import { askInProcess } from '../in-process.ts'
import { chatSide } from './chat/chat.ts'
import type { FakeDiscord } from './discord.ts'
import { openSession } from './gateway/sessions.ts'
import { discordApp } from './server.ts'
import { allCommands } from './state/commands.ts'
import { cut } from './state/faults.ts'
import { heldBy, restore } from './state/held.ts'
import type { DiscordOptions, World } from './state/world.ts'
import { createWorld } from './state/world.ts'

/** The sandbox's Discord without a network, for tests that stop the time or want thousands of them. */
export interface DiscordInProcess extends ReturnType<typeof withoutNetwork> {
  /** Carries the requests of discord.js's REST client to it. */
  readonly makeRequest: RESTOptions['makeRequest']
  /** Has a gateway of its own: what people do comes to `take` as it comes to a bot. */
  connect(take: (interaction: object) => void): void
}

export function createDiscord(options: DiscordOptions): DiscordInProcess {
  const world = createWorld(options, 'http://in.process')
  const app = discordApp(world)
  return {
    ...withoutNetwork(world),
    async makeRequest(url, { method = 'GET', headers = null, body = null }) {
      const asked = new Request(url, { method, headers, body } as ConstructorParameters<typeof Request>[1])
      const { pathname, search } = new URL(url)
      const { status, ...answered } = await askInProcess(app, {
        method,
        path: pathname + search,
        headers: Object.fromEntries(asked.headers),
        ...(body !== null && { body: await asked.bytes() }),
      })
      const statusText = STATUS_CODES[status] ?? ''
      return new Response(status === 204 ? null : answered.body, { status, statusText, headers: answered.headers })
    },
    connect(take) {
      const send = (frame: string): void => take((JSON.parse(frame) as { d: object }).d)
      openSession(world, { send, close: () => undefined }, [0, 1])
    },
  }
}

/** What is the same with a network and without. */
export function withoutNetwork(world: World) {
  return {
    apiUrl: `${world.origin}/api`,
    credentials: { token: world.app.token, clientId: world.app.id, clientSecret: world.app.secret },
    guild: world.guild,
    channels: world.channels,
    people: world.people,
    requests: world.requests,
    surprises: world.surprises,
    commands: () => allCommands(world),
    ...chatSide(world),
    failNext: (match, status, body, times = 1) => void world.faults.push({ match, lost: false, status, body, times }),
    loseNext: (match, times = 1, status = cut) =>
      void world.faults.push({ match, lost: true, status, body: undefined, times }),
    held: (messageIds) => heldBy(world, messageIds),
    restore: (held) => restore(world, held),
  } satisfies Partial<FakeDiscord>
}
