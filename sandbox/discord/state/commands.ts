import type { CommandBody } from '../limits/command.ts'
import type { World } from './world.ts'

/** A command in the form in which Discord answers it. */
export type RegisteredCommand = CommandBody & { readonly id: string; readonly version: string } & Record<
    string,
    unknown
  >

export const everywhere = 'global'

/** Replaces all commands of a scope. Those whose type and name stay keep their id. */
export function overwriteCommands(
  world: World,
  scope: string,
  bodies: readonly CommandBody[],
): readonly RegisteredCommand[] {
  const before = world.commands.get(scope) ?? []
  const commands = bodies.map((body) => {
    const old = before.find(({ type, name }) => type === body.type && name === body.name)
    return { ...defaults, ...body, ...ownFields(world, scope), id: old?.id ?? world.nextId() } as RegisteredCommand
  })
  world.commands.set(scope, commands)
  return commands
}

export function allCommands(world: World): readonly RegisteredCommand[] {
  return [...world.commands.values()].flat()
}

const defaults = {
  default_member_permissions: null,
  name_localizations: null,
  description: '',
  description_localizations: null,
  dm_permission: true,
  contexts: null,
  integration_types: [0],
  nsfw: false,
}

function ownFields(world: World, scope: string) {
  return {
    application_id: world.app.id,
    version: world.nextId(),
    ...(scope !== everywhere && { guild_id: scope }),
  }
}
