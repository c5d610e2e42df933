import type { Router } from 'express'
import { invalidForm } from '../limits/form.ts'
import { alreadyAcknowledged, unknownInteraction } from '../refusal.ts'
import type { Interaction } from '../state/interactions.ts'
import { isTooLate } from '../state/interactions.ts'
import type { Upload } from '../state/messages.ts'
import type { World } from '../state/world.ts'
import { apiMessage } from '../payloads/message.ts'
import { one } from './answers.ts'
import { answerWith, answers } from './answer-types.ts'
import { uploadsOf } from './uploads.ts'

/** POST /interactions/:id/:token/callback, the first answer to an interaction. */
export function callbackRoute(world: World, router: Router): void {
  router.post('/interactions/:id/:token/callback', (request, response) => {
    const [id, token] = [one(request.params['id']), one(request.params['token'])]
    const interaction = firstAnswer(world, id, token, request.body, uploadsOf(response))
    if (request.query['with_response'] === 'true') response.json(callbackResponse(world, interaction))
    else response.status(204).end()
  })
}

/** Takes the first answer, by whichever way it came. @throws Refusal */
export function firstAnswer(
  world: World,
  id: string,
  token: string,
  body: unknown,
  files: readonly Upload[],
): Interaction {
  const interaction = openOne(world, id, token)
  const { type, data } = envelope(body)
  answerWith(world, interaction, type, data, files)
  return interaction
}

function openOne(world: World, id: string, token: string): Interaction {
  const interaction = world.interactions.get(token)
  if (!interaction || interaction.id !== id) throw unknownInteraction()
  if (interaction.answer !== undefined) throw alreadyAcknowledged()
  if (isTooLate(world, interaction)) throw unknownInteraction()
  return interaction
}

function envelope(body: unknown): { type: number; data: unknown } {
  const { type, data, ...rest } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const unknown = Object.keys(rest).map((key) => ({ path: [key], code: 'UNKNOWN_FIELD', message: 'Unknown field.' }))
  if (unknown.length > 0) throw invalidForm(unknown)
  if (typeof type === 'number' && type in answers) return { type, data }
  const message = `Value must be one of {${Object.keys(answers).join(', ')}}.`
  throw invalidForm([{ path: ['type'], code: 'BASE_TYPE_CHOICES', message }])
}

function callbackResponse(world: World, { id, type, answer, originalId }: Interaction) {
  const message = originalId === undefined ? undefined : world.messages.get(originalId)
  return {
    interaction: {
      ...{ id, type },
      ...(message && {
        response_message_id: message.id,
        response_message_loading: message.thinking,
        response_message_ephemeral: message.viewerId !== undefined,
      }),
    },
    resource: { type: answer, ...(message && answer !== 6 && { message: apiMessage(world, message) }) },
  }
}
