import type { Request, Router } from 'express'
import { commandBodies } from '../limits/command.ts'
import { checked } from '../limits/form.ts'
import { missingAccess, Refusal } from '../refusal.ts'
import { everywhere, overwriteCommands } from '../state/commands.ts'
import type { World } from '../state/world.ts'
import { changed } from '../state/world.ts'
import { one, requireBot } from './answers.ts'

const paths = ['/applications/:app/commands', '/applications/:app/guilds/:guild/commands']

export function registrationRoutes(world: World, router: Router): void {
  router.get(paths, (request, response) => {
    response.json(world.commands.get(scopeOf(world, request)) ?? [])
  })

  router.put(paths, (request, response) => {
    const commands = overwriteCommands(world, scopeOf(world, request), checked(commandBodies, request.body))
    changed(world)
    response.json(commands)
  })
}

function scopeOf(world: World, request: Request): string {
  requireBot(world, request)
  const guild = one(request.params['guild'])
  if (request.params['app'] !== world.app.id) {
    throw new Refusal(403, 20012, 'You are not authorized to perform this action on this application')
  }
  if (guild && guild !== world.guild.id) throw missingAccess()
  return guild || everywhere
}
