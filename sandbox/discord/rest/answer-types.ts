import { autocompleteBody } from '../limits/choices.ts'
import { checked, invalidForm } from '../limits/form.ts'
import { answerBodyFor, deferralBody } from '../limits/message.ts'
import { modalBody } from '../limits/modal.ts'
import { unknownMessage } from '../refusal.ts'
import type { Interaction } from '../state/interactions.ts'
import { acknowledge, settle, settleWithMessage } from '../state/interactions.ts'
import type { StoredMessage, Upload } from '../state/messages.ts'
import { editMessage, postMessage, postThinking } from '../state/messages.ts'
import { openModal } from '../state/modals.ts'
import type { World } from '../state/world.ts'
import { interactionMetadata } from '../payloads/interaction.ts'

type Answer = (world: World, interaction: Interaction, data: unknown, files: readonly Upload[]) => void

const ephemeral = 64

/** What each callback type does, and to which interactions it may answer. A refused one leaves the interaction open. */
export const answers: Readonly<
  Record<number, { readonly fits: (interaction: Interaction) => boolean; readonly give: Answer }>
> = {
  4: { fits: isNotCompletion, give: sendMessage },
  5: { fits: isNotCompletion, give: deferMessage },
  6: { fits: hasSource, give: deferUpdate },
  7: { fits: hasSource, give: updateSource },
  8: { fits: ({ type }) => type === 4, give: complete },
  9: { fits: ({ type }) => type === 2 || type === 3, give: showModal },
}

/** @throws Refusal 50035 for a type that does not fit the interaction, and whatever its body is refused for. */
export function answerWith(
  world: World,
  interaction: Interaction,
  type: number,
  data: unknown,
  files: readonly Upload[],
): void {
  const answer = answers[type]
  if (answer?.fits(interaction)) return answer.give(world, interaction, data, files)
  const message = `Callback type ${type} is invalid for an interaction of type ${interaction.type}.`
  throw invalidForm([{ path: ['type'], code: 'INTERACTION_CALLBACK_TYPE_INVALID', message }])
}

/** Where a message that belongs to this interaction is, and who sees it. */
export function originOf(world: World, interaction: Interaction, flags: number | null | undefined) {
  const person = world.people.find(({ id }) => id === interaction.personId)
  const { command, originalId: replyTo = interaction.sourceId } = interaction
  return {
    channelId: interaction.channelId,
    author: { id: world.app.id, name: world.app.name, bot: true },
    metadata: interactionMetadata(world, interaction),
    ...(replyTo !== undefined && { replyTo }),
    ...((flags ?? 0) & ephemeral && { viewerId: interaction.personId }),
    ...(person && command !== undefined && { usedBy: { id: person.id, name: person.displayName, command } }),
  }
}

function sendMessage(...[world, interaction, data, files]: Parameters<Answer>): void {
  const body = checked(answerBodyFor(data), data ?? {}, ['data'])
  const message = postMessage(world, originOf(world, interaction, body.flags), body, files)
  acknowledge(world, interaction, 4)
  interaction.originalId = message.id
  settleWithMessage(interaction, 'message', message)
}

function deferMessage(...[world, interaction, data]: Parameters<Answer>): void {
  const body = checked(deferralBody, data, ['data'])
  acknowledge(world, interaction, 5)
  interaction.originalId = postThinking(world, originOf(world, interaction, body?.flags)).id
}

function deferUpdate(...[world, interaction, data]: Parameters<Answer>): void {
  checked(deferralBody, data, ['data'])
  const { id } = sourceOf(world, interaction)
  acknowledge(world, interaction, 6)
  interaction.originalId = id
}

function updateSource(...[world, interaction, data, files]: Parameters<Answer>): void {
  const source = sourceOf(world, interaction)
  editMessage(world, source, checked(answerBodyFor(data, source.flags), data ?? {}, ['data']), files)
  acknowledge(world, interaction, 7)
  interaction.originalId = source.id
  settleWithMessage(interaction, 'update', source)
}

function complete(...[world, interaction, data]: Parameters<Answer>): void {
  const { choices } = checked(autocompleteBody(interaction.focusedType ?? 3), data ?? {}, ['data'])
  acknowledge(world, interaction, 8)
  settle(interaction, { kind: 'choices', choices: choices.map(({ name, value }) => ({ name, value })) })
}

function showModal(...[world, interaction, data]: Parameters<Answer>): void {
  const body = checked(modalBody, data ?? {}, ['data'])
  acknowledge(world, interaction, 9)
  settle(interaction, { kind: 'modal', modal: openModal(world, interaction, body) })
}

function isNotCompletion({ type }: Interaction): boolean {
  return type !== 4
}

function hasSource({ type, sourceId }: Interaction): boolean {
  return type === 3 || (type === 5 && sourceId !== undefined)
}

function sourceOf(world: World, { sourceId }: Interaction): StoredMessage {
  const source = sourceId === undefined ? undefined : world.messages.get(sourceId)
  if (!source) throw unknownMessage()
  return source
}
