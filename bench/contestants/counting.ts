import type { App } from '../../src/context.ts'
import type { CommandCall, ComponentPress } from '../../src/command.ts'
import type { Store } from '../../src/store/store.ts'
import { personOf } from '../servers/interactions.ts'
import { openProgram } from './program.ts'

// How often a command and a press go to the store, by the very commands.
let trips = 0
const { app, commands, close } = await openProgram(counted)
const liked = commands.get('liked')
const person = personOf(0)
const user = { id: person, displayName: 'Ana', displayAvatarURL: () => 'https://cdn.discordapp.com/a.png' }
const { signal } = new AbortController()

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
  const call: CommandCall = {
    user,
    guildId: '197038439483310086',
    authorizingIntegrationOwners: { 0: '197038439483310086' },
    memberPermissions: null,
    token: 'token',
    options: {
      getSubcommand: () => 'recent',
      getString: () => null,
      getBoolean: () => null,
      getInteger: () => null,
      getChannel: () => null,
      getUser: () => null,
      getFocused: () => '',
    },
  }
  return liked?.run(call, app, signal)
}

async function press(app: App, customId: string): Promise<unknown> {
  const pressed: ComponentPress = {
    ...{ user, customId, guildId: '197038439483310086', values: [], onEphemeral: false, callerId: person },
    author: undefined,
    field: () => undefined,
  }
  return liked?.component?.(pressed, app, signal)
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
