import { ApplicationCommandOptionType as Type } from 'discord-api-types/v10'
import type { Given } from './given.ts'

interface Declared {
  readonly type: Type
  readonly name: string
  readonly required?: boolean
  readonly options?: readonly Declared[]
}

/**
 * Whether the options of a call are ones that the command declares, each of its type and none missing. Discord
 * sees to that, except where a client or another replica still has the command of another release.
 */
export function fit(declared: readonly Declared[], given: readonly Given[]): boolean {
  if (declared.some(isBranch) && given.length !== 1) return false
  if (declared.some(({ name, required }) => required && !given.some((option) => option.name === name))) return false
  return given.every((option) => {
    const own = declared.find(({ name, type }) => name === option.name && type === option.type)
    if (!own) return false
    return isBranch(own) ? fit(own.options ?? [], option.options ?? []) : hasValue(option)
  })
}

function isBranch({ type }: Declared): boolean {
  return type === Type.Subcommand || type === Type.SubcommandGroup
}

function hasValue({ type, value }: Given): boolean {
  if (type === Type.Boolean) return typeof value === 'boolean'
  if (type === Type.Integer) return Number.isSafeInteger(value)
  if (type === Type.Number) return Number.isFinite(value)
  return typeof value === 'string'
}
