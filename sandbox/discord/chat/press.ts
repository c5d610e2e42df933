import type { Outcome } from '../discord.ts'
import type { StoredMessage } from '../state/messages.ts'
import type { World } from '../state/world.ts'
import { withNested } from '../limits/layout.ts'
import { resolvedOf } from './resolved.ts'
import { seenMessage, send } from './send.ts'

/** A component as the bot sent it; Discord has checked its shape. */
interface Component {
  readonly type: number
  readonly style?: number
  readonly label?: string
  readonly placeholder?: string
  readonly custom_id?: string
  readonly disabled?: boolean
  readonly min_values?: number
  readonly max_values?: number
  readonly options?: readonly { readonly value: string }[]
}

const button = 2
const stringSelect = 3
const linkStyle = 5
/** What a value of a select names: 5 people and 8 channels, in the numbers of command options. */
const optionTypes: Readonly<Record<number, number>> = { 5: 6, 8: 7 }

/** @throws Error for what the client would not let this person press or choose. */
export async function pressComponent(
  world: World,
  personId: string,
  messageId: string,
  wanted: string,
  values: readonly string[] = [],
): Promise<Outcome> {
  const message = seenMessage(world, personId, messageId)
  const component = findComponent(message, wanted)
  if (!component) throw new Error(`The message has no component "${wanted}". It has: ${labelsOf(message)}.`)
  if (component.disabled) throw new Error(`"${wanted}" is disabled.`)
  if (component.style === linkStyle) throw new Error(`"${wanted}" is a link.`)
  if (component.type !== button) refuseChoice(component, values)
  return pressWith(world, personId, message, component.custom_id ?? '', component.type, values)
}

/** A press that the client would not send, with whatever custom id. */
export async function pressRaw(world: World, personId: string, messageId: string, customId: string): Promise<Outcome> {
  const message = seenMessage(world, personId, messageId)
  const type = componentsOf(message).find(({ custom_id: id }) => id === customId)?.type ?? button
  return pressWith(world, personId, message, customId, type, [])
}

function pressWith(
  world: World,
  personId: string,
  message: StoredMessage,
  customId: string,
  type: number,
  values: readonly string[],
): Promise<Outcome> {
  const chosen = values.map((value) => ({ type: optionTypes[type] ?? 0, value }))
  const select =
    type === button ? {} : { values, ...resolvedOf(world, { personId, channelId: message.channelId }, chosen) }
  const data = { custom_id: customId, component_type: type, id: 1, ...select }
  return send(world, { type: 3, personId, channelId: message.channelId, sourceId: message.id }, data)
}

function findComponent(message: StoredMessage, wanted: string): Component | undefined {
  const all = componentsOf(message)
  return (
    all.find(({ custom_id: id }) => id === wanted) ??
    all.find(({ label, placeholder }) => label === wanted || placeholder === wanted)
  )
}

function componentsOf(message: StoredMessage): readonly Component[] {
  return message.components.flatMap(withNested) as unknown as readonly Component[]
}

function labelsOf(message: StoredMessage): string {
  const labels = componentsOf(message).flatMap(
    ({ label, placeholder, custom_id: id }) => label ?? placeholder ?? id ?? [],
  )
  return labels.join(', ') || 'none'
}

function refuseChoice(component: Component, values: readonly string[]): void {
  const { type, options = [], min_values: least = 1, max_values: most = 1 } = component
  if (values.length < least || values.length > most) throw new Error(`This select takes ${least} to ${most} values.`)
  const foreign = values.find((value) => type === stringSelect && !options.some((option) => option.value === value))
  if (foreign !== undefined) throw new Error(`This select has no option "${foreign}".`)
}
