import type { Outcome } from '../discord.ts'
import type { ModalInput, OpenModal } from '../state/modals.ts'
import { inputsOf } from '../state/modals.ts'
import type { World } from '../state/world.ts'
import { interactionMetadata } from '../payloads/interaction.ts'
import { send } from './send.ts'

type Fields = Readonly<Record<string, string>>

const textInput = 4

/** Sends a modal; it stays open when the bot does not answer. @throws Error for what the client would not send. */
export async function submitModal(world: World, personId: string, modalId: string, fields: Fields): Promise<Outcome> {
  const modal = world.modals.get(modalId)
  if (!modal || modal.openedBy.personId !== personId)
    throw new Error(`There is no modal ${modalId} on this person's screen.`)
  refuseFields(inputsOf(modal), fields)
  const { channelId, sourceId } = modal.openedBy
  const act = { type: 5, personId, channelId, triggeredBy: interactionMetadata(world, modal.openedBy) } as const
  const data = { custom_id: modal.body.custom_id, components: filled(modal, fields) }
  const outcome = await send(world, { ...act, ...(sourceId !== undefined && { sourceId }) }, data)
  if (outcome.kind !== 'failed') world.modals.delete(modalId)
  return outcome
}

function refuseFields(inputs: readonly ModalInput[], fields: Fields): void {
  for (const id of Object.keys(fields)) {
    if (!inputs.some(({ input }) => input.custom_id === id)) throw new Error(`The modal has no field "${id}".`)
  }
  for (const { label, input } of inputs) {
    const value = valueOf(input, fields)
    if (!value && input.required !== false) throw new Error(`"${label}" is required.`)
    if (value && input.type === textInput) refuseLength(label, value, input.min_length ?? 0, input.max_length ?? 4000)
    if (value && input.type !== textInput && !input.options.some((option) => option.value === value)) {
      throw new Error(`"${label}" has no option "${value}".`)
    }
  }
}

function refuseLength(label: string, value: string, least: number, most: number): void {
  if (value.length < least || value.length > most) throw new Error(`"${label}" takes ${least} to ${most} characters.`)
}

/** The components as the modal has them, with what was written in each. */
function filled({ body }: OpenModal, fields: Fields): unknown[] {
  return body.components.map((part, index) => {
    const id = part.id ?? 2 * index + 1
    if (part.type === 18) return { type: 18, id, component: answered(part.component, fields, id + 1) }
    if (part.type === 1)
      return { type: 1, id, components: part.components.map((input) => answered(input, fields, id + 1)) }
    return { type: part.type, id }
  })
}

function answered(input: ModalInput['input'], fields: Fields, number: number) {
  const value = valueOf(input, fields)
  const own = { type: input.type, custom_id: input.custom_id, id: input.id ?? number }
  return input.type === textInput ? { ...own, value } : { ...own, values: value ? [value] : [] }
}

/** What was prefilled stays when a person does not touch it. */
function valueOf(input: ModalInput['input'], fields: Fields): string {
  const prefilled = input.type === textInput ? input.value : input.options.find((option) => option.default)?.value
  return fields[input.custom_id] ?? prefilled ?? ''
}
