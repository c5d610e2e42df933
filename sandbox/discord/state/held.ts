import type { HeldDiscord } from '../discord.ts'
import type { RegisteredCommand } from './commands.ts'
import type { StoredMessage } from './messages.ts'
import type { World } from './world.ts'
import { changed, remember } from './world.ts'

/** What another sandbox's Discord can go on with. */
export function heldBy(world: World, messageIds: readonly string[]): HeldDiscord {
  const messages = messageIds.map((id) => {
    const message = world.messages.get(id)
    if (!message) throw new Error(`There is no message ${id} in the sandbox.`)
    return { ...message }
  })
  return { commands: Object.fromEntries(world.commands), messages }
}

export function restore(world: World, { commands, messages }: HeldDiscord): void {
  for (const [scope, registered] of Object.entries(commands)) {
    world.commands.set(scope, registered as readonly RegisteredCommand[])
  }
  for (const message of messages as unknown as readonly StoredMessage[]) {
    remember(world.messages, message.id, structuredClone(message))
  }
  changed(world)
}
