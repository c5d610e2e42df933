import type { Modal } from '../discord.ts'
import type { ModalBody } from '../limits/modal.ts'
import type { Interaction } from './interactions.ts'
import type { World } from './world.ts'
import { remember } from './world.ts'

/** A modal on a person's screen. */
export interface OpenModal {
  readonly id: string
  readonly body: ModalBody
  /** The interaction that it answered. */
  readonly openedBy: Interaction
}

type Part = ModalBody['components'][number]
/** One input of a modal, with the label above it. */
export type ModalInput = ReturnType<typeof inputOf> & object

export function openModal(world: World, openedBy: Interaction, body: ModalBody): Modal {
  const modal = { id: world.nextId(), body, openedBy }
  remember(world.modals, modal.id, modal)
  return modalView(modal)
}

export function inputsOf({ body }: OpenModal): ModalInput[] {
  return body.components.map(inputOf).filter((input) => input !== undefined)
}

function modalView(modal: OpenModal): Modal {
  const fields = inputsOf(modal).map(({ label, input }) => {
    const value = input.type === 4 ? (input.value ?? '') : (input.options.find((option) => option.default)?.value ?? '')
    return { customId: input.custom_id, label, value, placeholder: input.placeholder ?? '' }
  })
  return { id: modal.id, title: modal.body.title, fields }
}

function inputOf(part: Part) {
  if (part.type === 18) return { label: part.label, input: part.component }
  const input = part.type === 1 ? part.components[0] : undefined
  return input && { label: input.label, input }
}
