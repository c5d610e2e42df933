import type { Request, Router } from 'express'
import { checked } from '../limits/form.ts'
import { answerBodyFor } from '../limits/message.ts'
import { invalidWebhookToken, unknownMessage, unknownWebhook } from '../refusal.ts'
import type { Interaction } from '../state/interactions.ts'
import { settleWithMessage } from '../state/interactions.ts'
import type { StoredMessage } from '../state/messages.ts'
import { editMessage, postMessage, removeMessage } from '../state/messages.ts'
import type { World } from '../state/world.ts'
import { apiMessage } from '../payloads/message.ts'
import { originOf } from './answer-types.ts'
import { one } from './answers.ts'
import { uploadsOf } from './uploads.ts'

const fifteenMinutes = 15 * 60_000
const deferredMessage = 5
const deferredUpdate = 6

/** Follow-ups of an answered interaction, and its messages afterwards. */
export function webhookRoutes(world: World, router: Router): void {
  router.post('/webhooks/:app/:token', (request, response) => {
    const interaction = answeredOne(world, request)
    const body = checked(answerBodyFor(request.body), request.body ?? {})
    const waiting = waitingAnswer(world, interaction)
    // Discord turns the first follow-up into the answer that still says "is thinking", with that one's privacy.
    if (waiting) editMessage(world, waiting, body, uploadsOf(response))
    const message = waiting ?? postMessage(world, originOf(world, interaction, body.flags), body, uploadsOf(response))
    if (!waiting) interaction.followUps.add(message.id)
    settleWithMessage(interaction, 'message', message)
    response.json(apiMessage(world, message))
  })

  router.get('/webhooks/:app/:token/messages/:message', (request, response) => {
    response.json(apiMessage(world, messageOf(world, request).message))
  })

  router.patch('/webhooks/:app/:token/messages/:message', (request, response) => {
    const { interaction, message } = messageOf(world, request)
    editMessage(
      world,
      message,
      checked(answerBodyFor(request.body, message.flags), request.body ?? {}),
      uploadsOf(response),
    )
    if (message.id === interaction.originalId) {
      settleWithMessage(interaction, interaction.answer === deferredUpdate ? 'update' : 'message', message)
    }
    response.json(apiMessage(world, message))
  })

  router.delete('/webhooks/:app/:token/messages/:message', (request, response) => {
    removeMessage(world, messageOf(world, request).message.id)
    response.status(204).end()
  })
}

function answeredOne(world: World, request: Request): Interaction {
  const interaction = world.interactions.get(one(request.params['token']))
  if (interaction?.answer === undefined || request.params['app'] !== world.app.id) throw unknownWebhook()
  if (world.now() - interaction.createdAt > fifteenMinutes) throw invalidWebhookToken()
  return interaction
}

function waitingAnswer(world: World, { answer, originalId }: Interaction): StoredMessage | undefined {
  const message = answer === deferredMessage && originalId !== undefined ? world.messages.get(originalId) : undefined
  return message?.thinking ? message : undefined
}

function messageOf(world: World, request: Request): { interaction: Interaction; message: StoredMessage } {
  const interaction = answeredOne(world, request)
  const wanted = one(request.params['message'])
  const id = wanted === '@original' ? (interaction.originalId ?? '') : wanted
  const message = world.messages.get(id)
  if (!message || (id !== interaction.originalId && !interaction.followUps.has(id))) throw unknownMessage()
  return { interaction, message }
}
