import type { OptionValues } from '../discord.ts'
import type { World } from '../state/world.ts'
import { channelOf } from '../state/people.ts'
import type { OptionDefinition } from './definitions.ts'

export interface GivenOption {
  readonly name: string
  readonly type: number
  readonly value: string | number | boolean
  readonly focused?: true
}

const kind = { text: 3, whole: 4, yesNo: 5, person: 6, channel: 7, number: 10 }

/** The options in the command's order. @throws Error for what the client would not let a person send. */
export function givenOptions(
  world: World,
  definitions: readonly OptionDefinition[],
  values: OptionValues,
): GivenOption[] {
  refuseUnknown(definitions, values)
  return definitions.flatMap((definition) => {
    const { name, type, required } = definition
    const value = values[name]
    if (value === undefined && required) throw new Error(`The option "${name}" is required.`)
    if (value === undefined) return []
    const fault = faultOf(world, definition, value)
    if (fault) throw new Error(`The option "${name}" ${fault}.`)
    return [{ name, type, value }]
  })
}

/** The same while somebody types: nothing is required yet, and the focused one is whatever was typed. */
export function typedOptions(
  definitions: readonly OptionDefinition[],
  values: OptionValues,
  focused: string,
): GivenOption[] {
  refuseUnknown(definitions, values)
  const target = definitions.find(({ name }) => name === focused)
  if (!target?.autocomplete) throw new Error(`The option "${focused}" does not complete itself.`)
  return definitions.flatMap(({ name, type }): GivenOption[] => {
    const value = values[name]
    if (name === focused) return [{ name, type, value: String(value ?? ''), focused: true }]
    return value === undefined ? [] : [{ name, type, value }]
  })
}

function refuseUnknown(definitions: readonly OptionDefinition[], values: OptionValues): void {
  for (const name of Object.keys(values)) {
    if (!definitions.some((definition) => definition.name === name)) throw new Error(`There is no option "${name}".`)
  }
}

function faultOf(world: World, definition: OptionDefinition, value: GivenOption['value']): string | undefined {
  const { type, choices } = definition
  if (choices?.length && !choices.some((choice) => choice.value === value)) return 'takes one of its choices only'
  if (type === kind.text) return typeof value === 'string' ? lengthFault(definition, value.length) : 'takes text'
  if (type === kind.whole)
    return Number.isSafeInteger(value) ? sizeFault(definition, Number(value)) : 'takes a whole number'
  if (type === kind.number) return Number.isFinite(value) ? sizeFault(definition, Number(value)) : 'takes a number'
  if (type === kind.yesNo) return typeof value === 'boolean' ? undefined : 'takes true or false'
  if (type === kind.person) return isSomebody(world, value) ? undefined : 'takes the id of somebody here'
  if (type === kind.channel) return channelOf(world, String(value)) ? undefined : 'takes a channel'
  return 'is of a type that the sandbox does not have'
}

function isSomebody(world: World, value: GivenOption['value']): boolean {
  return value === world.app.id || world.people.some(({ id }) => id === value)
}

function lengthFault(
  { min_length: least = 0, max_length: most = 6000 }: OptionDefinition,
  length: number,
): string | undefined {
  return length < least || length > most ? `takes ${least} to ${most} characters` : undefined
}

function sizeFault({ min_value: least = -Infinity, max_value: most = Infinity }: OptionDefinition, value: number) {
  return value < least || value > most ? `takes a number from ${least} to ${most}` : undefined
}
