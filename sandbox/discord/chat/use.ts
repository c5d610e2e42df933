import type { Choice, OptionValues, Outcome } from '../discord.ts'
import type { World } from '../state/world.ts'
import { apiMessage } from '../payloads/message.ts'
import type { TypedCommand } from './definitions.ts'
import { findCommand } from './definitions.ts'
import { resolvedOf } from './resolved.ts'
import { seenMessage, send } from './send.ts'
import type { GivenOption } from './values.ts'
import { givenOptions, typedOptions } from './values.ts'

interface Place {
  readonly personId: string
  readonly channelId: string
}

const personMenu = 2
const messageMenu = 3

/** A slash command; or, with the one option `target`, a command in the menu of a person or a message. */
export async function useCommand(
  world: World,
  personId: string,
  channelId: string,
  typed: string,
  values: OptionValues,
): Promise<Outcome> {
  const place = { personId, channelId }
  const command = findCommand(world, typed)
  const data =
    command.root.type === 1
      ? slashData(world, place, command, givenOptions(world, command.options, values))
      : menuData(world, place, command, String(values['target'] ?? ''))
  return send(world, { type: 2, ...place, command: typed.trim() }, data)
}

/** What the client offers while `focused` is typed. @throws Error when the bot gives no list in time. */
export async function completeOption(
  world: World,
  act: Place & { readonly typed: string },
  values: OptionValues,
  focused: string,
): Promise<readonly Choice[]> {
  const { personId, channelId, typed } = act
  const command = findCommand(world, typed)
  const options = typedOptions(command.options, values, focused)
  const focusedType = options.find((option) => option.focused)?.type ?? 0
  const data = slashData(world, act, command, options)
  const outcome = await send(world, { type: 4, personId, channelId, focusedType }, data)
  if (outcome.kind === 'choices') return outcome.choices
  throw new Error('Loading options failed')
}

function slashData(world: World, place: Place, { root, branches }: TypedCommand, options: readonly GivenOption[]) {
  const nested = branches.reduceRight<readonly object[]>(
    (inner, { name, type }) => [{ name, type, options: inner }],
    options,
  )
  return { ...named(root), options: nested, ...resolvedOf(world, place, options) }
}

function menuData(world: World, place: Place, { root }: TypedCommand, target: string) {
  if (root.type === personMenu) {
    return { ...named(root), target_id: target, ...resolvedOf(world, place, [{ type: 6, value: target }]) }
  }
  if (root.type !== messageMenu) throw new Error(`The sandbox cannot use a command of type ${root.type}.`)
  const message = apiMessage(world, seenMessage(world, place.personId, target))
  return { ...named(root), target_id: target, resolved: { messages: { [target]: message } } }
}

function named(root: TypedCommand['root']) {
  const guild = root['guild_id']
  return { id: root.id, name: root.name, type: root.type, ...(guild !== undefined && { guild_id: guild }) }
}
