import type { Router } from 'express'
import { z } from 'zod'
import { refusedMessage, unknownUser } from '../refusal.ts'
import { checked } from '../limits/form.ts'
import { snowflake } from '../limits/text.ts'
import type { World } from '../state/world.ts'
import { apiUser } from '../payloads/people.ts'
import { requireBot } from './answers.ts'

// Of opening too many direct channels, not of writing into one.
const tooFast = 40_003

const body = z.strictObject({ recipient_id: snowflake })

/** Direct channels: everybody has one; whether the bot may write into it shows only when it does. */
export function directRoutes(world: World, router: Router): void {
  router.post('/users/@me/channels', (request, response) => {
    requireBot(world, request)
    const { recipient_id: personId } = checked(body, request.body ?? {})
    const person = world.people.find(({ id }) => id === personId)
    if (!person) throw unknownUser()
    if (world.directRefusals.get(person.id) === tooFast) throw refusedMessage(tooFast)
    const known = [...world.directs].find(([, one]) => one === person)?.[0]
    const id = known ?? world.nextId()
    world.directs.set(id, person)
    const last_message_id = [...world.messages.values()].findLast(({ channelId }) => channelId === id)?.id ?? null
    response.json({ id, type: 1, last_message_id, flags: 0, recipients: [apiUser(person)] })
  })
}
