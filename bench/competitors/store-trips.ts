import type { ChatInputCommandInteraction } from 'discord.js'
import type { ComponentInteraction } from '../../src/command.ts'
import type { Store } from '../../src/store/store.ts'
import { openApp } from '../app.ts'
import { atMost, type Report } from '../report.ts'
import { personOf } from '../servers/interactions.ts'

// How often a command and a press go to the store, by the very commands.
let trips = 0
const { app, commands, close } = await openApp(process.env, counted)
const liked = commands.get('liked')
const t = app.languages.memo('en-US')
const guildId = '197038439483310086'
const user = { id: personOf(0), displayName: 'Ana', displayAvatarURL: () => 'https://cdn.discordapp.com/a.png' }
const command = {
  ...{ user, guildId, locale: 'en-US', authorizingIntegrationOwners: { 0: guildId } },
  options: { getString: () => null, getBoolean: () => null, getUser: () => null },
} as unknown as ChatInputCommandInteraction
const press = {
  ...{ user, guildId, locale: 'en-US', customId: `liked:1:${user.id}:10::n` },
  message: { embeds: [], flags: { has: () => false }, interactionMetadata: { user } },
  isStringSelectMenu: () => false,
  isModalSubmit: () => false,
} as unknown as ComponentInteraction
const look = () => liked?.find('recent')?.execute(command, app, t)

// The first one finds a token, which is asked for once an hour.
await look()
const report: Report = {
  title: 'Round trips to the store',
  rows: [
    atMost('/liked recent', await tripsOf(look), 2),
    atMost('Next on one’s own page', await tripsOf(() => liked?.component?.(press, app, t)), 1),
  ],
}
await close()
process.send?.([report])

async function tripsOf(work: () => unknown): Promise<number[]> {
  const counts: number[] = []
  for (let time = 0; time < 20; time += 1) {
    trips = 0
    await work()
    counts.push(trips)
  }
  return counts
}

function counted(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...given: unknown[]): unknown => {
        trips += 1
        return Reflect.apply(member, target, given)
      }
    },
  })
}
