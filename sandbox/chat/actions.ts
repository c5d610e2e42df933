import type { Request, Response } from 'express'
import { Router } from 'express'
import { z } from 'zod'
import type { Trouble } from '../spotify/spotify.ts'
import type { World } from './world.ts'
import { refuse } from './middleware.ts'
import { unfurled } from './unfurled.ts'

const troubles = {
  none: { kind: 'none' },
  unauthorized: { kind: 'unauthorized' },
  'not-allowed': { kind: 'not-allowed' },
  'rate-limited': { kind: 'rate-limited', retryAfter: 29.503 },
  quota: { kind: 'quota', retryAfter: 49_861.308 },
  'server-error': { kind: 'server-error' },
  'no-page': { kind: 'no-page' },
  'broken-pages': { kind: 'broken-pages', from: 100, to: 200 },
  'short-pages': { kind: 'short-pages', most: 10 },
  slow: { kind: 'slow', delay: 5 },
} satisfies Record<string, Trouble>

const id = z.string().min(1).max(64)
const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({})
const command = z.string().min(1).max(120)
const kind = z.enum(Object.keys(troubles) as (keyof typeof troubles)[])

const useBody = z.object({ person: id, channel: id, command, options })
const completeBody = useBody.extend({ focused: z.string() })
const pressBody = z.object({
  person: id,
  message: id,
  component: z.string().min(1),
  values: z.array(z.string()).optional(),
})
const submitBody = z.object({ person: id, modal: id, fields: z.record(z.string(), z.string()) })
const dismissBody = z.object({ person: id, message: id })
const sayBody = z.object({ person: id, channel: id, content: z.string().trim().min(1).max(2000) })
const personBody = z.object({ person: id })
/** `id`: of a person or the server. */
const localeBody = z.object({ id, locale: z.string().regex(/^[\w-]{2,12}$/) })

/** What a person can do on the page, each as one POST; an answer with `error` says what was wrong. */
export function actions(world: World): Router {
  const { discord, spotify } = world
  const router = Router()
  on('use', useBody, (body) => discord.use(body.person, body.channel, body.command, body.options))
  on('complete', completeBody, (body) =>
    discord.complete(body.person, body.channel, body.command, body.options, body.focused),
  )
  on('press', pressBody, (body) => discord.press(body.person, body.message, body.component, body.values))
  on('submit', submitBody, (body) => discord.submit(body.person, body.modal, body.fields))
  on('dismiss', dismissBody, (body) => discord.dismiss(body.person, body.message))
  on('say', sayBody, (body) => discord.say(body.person, body.channel, body.content, unfurled(spotify, body.content)))
  on('leave', personBody, (body) => discord.leave(body.person))
  on('come-back', personBody, (body) => discord.comeBack(body.person))
  on('like', personBody, (body) => spotify.like(accountWith(body.person)))
  on('locale', localeBody, (body) => discord.setLocale(body.id, body.locale))
  on('trouble', z.object({ kind }), (body) => (spotify.trouble = troubles[body.kind]))
  on('expire', z.object({}), () => spotify.expireAccessTokens())
  on('friday', z.object({}), () => world.friday?.())
  on('near-end', personBody, (body) => world.nearEnd?.(body.person))
  on('restart', z.object({}), () => world.restart?.())
  on('archive', z.object({}), () => discord.setThread(discord.channels.at(-1)?.id ?? '', { archived: true }))
  return router

  function on<Body>(path: string, shape: z.ZodType<Body>, act: (body: Body) => unknown): void {
    router.post(`/${path}`, async (request: Request, response: Response) => {
      const body = shape.safeParse(request.body)
      if (!body.success) return refuse(response, 400, z.prettifyError(body.error))
      try {
        return void response.json((await act(body.data)) ?? {})
      } catch (error) {
        return refuse(response, 400, error instanceof Error ? error.message : String(error))
      }
    })
  }

  function accountWith(personId: string): string {
    const account = world.accountOf(personId)
    if (account === undefined) throw new Error('There is no such person here.')
    return account
  }
}
