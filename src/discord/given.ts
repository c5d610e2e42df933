import { ApplicationCommandOptionType as Type, type APIInteractionDataResolved } from 'discord-api-types/v10'
import { readMember } from './caller.ts'
import type { CommandCall } from '../command.ts'
import { readPermissions } from '../views/permissions.ts'

/** An option of a call as Discord sends it. */
export interface Given {
  readonly type: Type
  readonly name: string
  readonly value?: unknown
  readonly focused?: boolean
  readonly options?: readonly Given[]
}

/** Who and what is named in the options, by id. */
export type Resolved = Pick<APIInteractionDataResolved, 'users' | 'channels'>

/** The options that have a name, as deep as they go. Throws for what is no list. */
export function readGiven(options: readonly Given[]): Given[] {
  return options.flatMap((option) => {
    if (typeof option.name !== 'string') return []
    return { ...option, ...(option.options && { options: readGiven(option.options) }) }
  })
}

/** The options by their names; those of the subcommand where there is one. An option of another type is none. */
export function readOptions(given: readonly Given[], { users, channels }: Resolved = {}): CommandCall['options'] {
  const [first] = given
  const subcommand = first?.type === Type.Subcommand ? first : undefined
  const own = subcommand ? (subcommand.options ?? []) : given
  const valueOf = (name: string): unknown => own.find((option) => option.name === name)?.value
  const textOf = (name: string): string | null => {
    const value = valueOf(name)
    return typeof value === 'string' ? value : null
  }

  return {
    getSubcommand: () => subcommand?.name ?? null,
    getString: textOf,
    getBoolean(name) {
      const value = valueOf(name)
      return typeof value === 'boolean' ? value : null
    },
    getInteger(name) {
      const value = valueOf(name)
      return typeof value === 'number' ? value : null
    },
    getUser(name) {
      const user = users?.[textOf(name) ?? '']
      return user ? readMember(user) : null
    },
    getChannel(name) {
      const channel = channels?.[textOf(name) ?? '']
      return channel
        ? { id: channel.id, type: channel.type, appPermissions: readPermissions(channel.app_permissions) }
        : null
    },
    getFocused() {
      const typed = own.find(({ focused }) => focused)?.value
      return typeof typed === 'string' || typeof typed === 'number' ? String(typed) : ''
    },
  }
}
