import type { App } from '../../src/context.ts'
import type { ChatInputCommandInteraction } from 'discord.js'
import type { ComponentInteraction } from '../../src/command.ts'
import type { Store } from '../../src/store/store.ts'
import { personOf } from '../servers/interactions.ts'
import { openProgram } from './program.ts'

// How often a command and a press go to the store, by the very commands.
let trips = 0
const { app, commands, close } = await openProgram(counted)
const liked = commands.get('liked')
const person = personOf(0)
const user = { id: person, displayName: 'Ana', displayAvatarURL: () => 'https://cdn.discordapp.com/a.png' }

// The first one finds a token, which is asked for once an hour.
await command(app)
const commandTrips = await eachOf(20, () => command(app))
const customId = `liked:1:${person}:10::n`
const pressTrips = await eachOf(20, () => press(app, customId))
await close()
process.send?.({ command: commandTrips, press: pressTrips })

async function eachOf(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const counts: number[] = []
  for (let time = 0; time < times; time += 1) {
    trips = 0
    await work()
    counts.push(trips)
  }
  return counts
}

async function command(app: App): Promise<unknown> {
  const call = {
    user,
    guildId: '197038439483310086',
    authorizingIntegrationOwners: { 0: '197038439483310086' },
    options: { getString: () => null, getBoolean: () => null, getUser: () => null },
  } as unknown as ChatInputCommandInteraction
  return liked?.find('recent')?.execute(call, app)
}

async function press(app: App, customId: string): Promise<unknown> {
  const message = { embeds: [], flags: { has: () => false }, interactionMetadata: { user } }
  const pressed = {
    ...{ user, customId, guildId: '197038439483310086', message },
    isStringSelectMenu: () => false,
    isModalSubmit: () => false,
  } as unknown as ComponentInteraction
  return liked?.component?.(pressed, app)
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
