import type { Channel, Person } from '../discord.ts'
import { missingAccess, missingPermissions, refusedMessage, unknownChannel } from '../refusal.ts'
import type { World } from './world.ts'

const manageServer = 1n << 5n
const viewChannel = 1n << 10n
const sendMessages = 1n << 11n
const embedLinks = 1n << 14n
const attachFiles = 1n << 15n
const readHistory = 1n << 16n
const useCommands = 1n << 31n
const ordinary = viewChannel | sendMessages | embedLinks | attachFiles | readHistory

/** @throws Error naming the id when nobody has it: a mistake of the test or the page, never of the bot. */
export function personOf(world: World, id: string): Person {
  const person = world.people.find((someone) => someone.id === id)
  if (!person) throw new Error(`Nobody in the sandbox has the id ${id}.`)
  return person
}

/** @throws Error naming the id when there is no such channel. */
export function channelOf(world: World, id: string): Channel {
  const channel = world.channels.find((one) => one.id === id) ?? conversation(world, id)
  if (!channel) throw new Error(`The sandbox has no channel ${id}.`)
  return channel
}

/** That of one person with the bot, by its id. */
function conversation(world: World, id: string): Channel | undefined {
  const person = world.directs.get(id)
  return person && { id, name: world.app.name, guild: null, direct: person.id }
}

/** A channel for the bot to read or write in. @throws Refusal 10003, 50001, 50013, and what a person's direct messages are refused with */
export function channelForBot(
  world: World,
  id: string,
  needs: { send?: boolean; embeds?: boolean; files?: boolean } = {},
) {
  const person = world.directs.get(id)
  const refusal = person && needs.send ? world.directRefusals.get(person.id) : undefined
  if (refusal !== undefined) throw refusedMessage(refusal)
  const channel = conversation(world, id) ?? world.channels.find((one) => one.id === id)
  if (!channel) throw unknownChannel()
  const granted = BigInt(appPermissionsIn(channel))
  if (!(granted & viewChannel)) throw missingAccess()
  const needed = (needs.send ? sendMessages : 0n) | (needs.embeds ? embedLinks : 0n) | (needs.files ? attachFiles : 0n)
  if ((granted & needed) !== needed) throw missingPermissions()
  return channel
}

/** Everybody is in a server who has not left it, and in every group. */
export function isIn(world: World, guildId: string | undefined, personId: string): boolean {
  return guildId === undefined || !world.left.has(`${guildId} ${personId}`)
}

/** Undefined in a group of direct messages. */
export function guildIdOf(world: World, { guild = world.guild }: Channel): string | undefined {
  return guild?.id
}

/** @throws Error for somebody who has left the server of the channel */
export function refuseDeparted(world: World, personId: string, channelId: string): void {
  if (isIn(world, guildIdOf(world, channelOf(world, channelId)), personId)) return
  throw new Error(`${personOf(world, personId).displayName} has left the server.`)
}

export function appPermissionsIn(channel: Channel): string {
  return channel.appPermissions ?? String(ordinary)
}

export function permissionsOf(person: Person): string {
  return String(ordinary | useCommands | (person.manager ? manageServer : 0n))
}

/** The language of a person or a server. */
export function localeOf({ locales }: World, id: string): string {
  return locales.get(id) ?? 'en-US'
}
