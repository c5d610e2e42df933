import type { Router } from 'express'
import { apiMember, apiUser } from '../payloads/people.ts'
import { unknownGuild, unknownMember, unknownUser } from '../refusal.ts'
import { isIn, localeOf } from '../state/people.ts'
import type { World } from '../state/world.ts'
import { one, requireBot } from './answers.ts'

/** What a bot without intents may ask about the servers that it is in (https://discord.com/developers/docs/resources/guild). */
export function guildRoutes(world: World, router: Router): void {
  const guildNamed = (id: string) => {
    const guild = [world.guild, ...world.channels.map((channel) => channel.guild)].find((one) => one?.id === id)
    if (!guild) throw unknownGuild()
    return guild
  }

  router.get('/guilds/:guild', (request, response) => {
    requireBot(world, request)
    const { id, name } = guildNamed(one(request.params['guild']))
    const ownerId = world.people.find(({ manager }) => manager)?.id ?? null
    response.json({
      id,
      name,
      owner_id: ownerId,
      features: [],
      roles: [],
      emojis: [],
      preferred_locale: localeOf(world, id),
    })
  })

  router.get('/guilds/:guild/members/:user', (request, response) => {
    requireBot(world, request)
    const guild = guildNamed(one(request.params['guild']))
    const person = world.people.find(({ id }) => id === one(request.params['user']))
    if (!person) throw unknownUser()
    if (!isIn(world, guild.id, person.id)) throw unknownMember()
    const { permissions: _, ...member } = apiMember(person)
    response.json({ ...member, user: apiUser(person) })
  })
}
