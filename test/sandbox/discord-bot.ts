import type { Interaction, InteractionReplyOptions, RESTPostAPIApplicationCommandsJSONBody } from 'discord.js'
import { Client, Routes } from 'discord.js'
import { onTestFinished } from 'vitest'
import type { FakeDiscord, Message, Outcome } from '../../sandbox/discord/discord.ts'
import { startDiscord } from '../../sandbox/discord/start.ts'
import type { DiscordOptions } from '../../sandbox/discord/state/world.ts'
import { waitLimit } from '../world/until.ts'

export const ana = { id: '210000000000000001', username: 'ana', displayName: 'Ana', color: '#c2410c', manager: true }
export const ben = { id: '210000000000000002', username: 'ben', displayName: 'Ben', color: '#1d4ed8' }
export const lobby = { id: '310000000000000001', name: 'lobby' }
export const quiet = { id: '310000000000000002', name: 'quiet', appPermissions: String(1 << 10) }

const guild = { id: '410000000000000001', name: 'The flat' }

export const nextRow = { type: 1, components: [{ type: 2, style: 2, label: 'Next', custom_id: 'next' }] } as const

export const commands: RESTPostAPIApplicationCommandsJSONBody[] = [
  { name: 'ping', description: 'Answers' },
  {
    name: 'liked',
    description: 'Liked songs',
    options: [
      {
        type: 1,
        name: 'search',
        description: 'Search',
        options: [
          { type: 3, name: 'query', description: 'What for', required: true, autocomplete: true },
          { type: 6, name: 'member', description: 'Whose' },
        ],
      },
    ],
  },
  { name: 'Liked songs', type: 2 },
]

/** As patient as the tests. */
export async function openDiscord(options: Partial<DiscordOptions> = {}): Promise<FakeDiscord> {
  return openHurriedDiscord({ answerWithin: waitLimit, finishWithin: waitLimit, ...options })
}

/** As patient as the real one. */
export async function openHurriedDiscord(options: Partial<DiscordOptions> = {}): Promise<FakeDiscord> {
  const discord = await startDiscord({ people: [ana, ben], channels: [lobby, quiet], guild, ...options })
  onTestFinished(() => discord.close())
  return discord
}

/** A real client on it, with the commands registered; each interaction goes to `handle`. */
export async function startBot(
  discord: FakeDiscord,
  handle: (interaction: Interaction) => unknown = () => {},
): Promise<Client> {
  const client = new Client({ intents: [], rest: { api: discord.apiUrl } })
  onTestFinished(() => client.destroy())
  client.on('interactionCreate', (interaction) => handle(interaction))
  await client.login(discord.credentials.token)
  await client.rest.put(Routes.applicationCommands(discord.credentials.clientId), { body: commands })
  await discord.ready(waitLimit)
  return client
}

export function reply(call: Interaction, answer: InteractionReplyOptions) {
  if (!call.isRepliable()) throw new Error(`Nothing to reply to: type ${call.type}`)
  return call.reply(answer)
}

export function messageOf(outcome: Outcome): Message {
  if (outcome.kind === 'message' || outcome.kind === 'update') return outcome.message
  throw new Error(`No message came of it: ${JSON.stringify(outcome)}`)
}
