import { z } from 'zod'
import type { Config } from '../config.ts'
import { DiscordClientError, UserError } from '../errors.ts'
import { parseRetryAfter, type Http, type HttpResponse } from '../http.ts'
import { createOAuthClient, type AuthorizeRequest } from '../oauth-client.ts'

const tokenAnswer = z.object({ access_token: z.string().regex(/^[\x21-\x7e]{1,4096}$/) })
/** `name` is the handle, which is theirs alone; `display` is what they call themselves. */
export type DiscordPerson = z.infer<typeof person>

const person = z
  .object({
    id: z.string().regex(/^\d{17,20}$/),
    username: z.string().min(1),
    global_name: z.string().min(1).nullish().catch(null),
  })
  .transform(({ id, username: name, global_name: display }) => ({ id, name, display: display ?? name }))
const identity = z.object({ application: z.object({ id: z.string() }), user: person })

const deadline = 5000

export type DiscordOAuth = ReturnType<typeof createDiscordOAuth>

/** Who the browser's person is, according to Discord. */
export function createDiscordOAuth({ apiUrl, authorizeUrl, clientId, clientSecret }: Config['discord'], http: Http) {
  const base = `${apiUrl}/v10/oauth2`
  const urls = { authorizeUrl, tokenUrl: `${base}/token`, revokeUrl: `${base}/token/revoke` }
  const client = createOAuthClient({ ...urls, clientId, clientSecret }, http, deadline)

  return {
    authorizeUrl: (request: Omit<AuthorizeRequest, 'scope'>) => client.authorizeUrl({ ...request, scope: 'identify' }),
    validate: client.validate,
    identify,
  }

  /** The person's id and name; the token that told is revoked and not kept. Throws UserError. */
  async function identify(...code: Parameters<typeof client.exchange>): Promise<DiscordPerson> {
    const token = tokenIn(await client.exchange(...code).catch(unreachable))
    try {
      const headers = { authorization: `Bearer ${token}` }
      const response = await http(`${base}/@me`, { headers, deadline }).catch(unreachable)
      const { application: about, user } = read(response, identity)
      if (about.id === clientId) return user
      throw new UserError('problem.discordOther')
    } finally {
      // It would end within a week without it; the sign-in does not fail over this.
      await client.revoke(token).catch(() => undefined)
    }
  }
}

function tokenIn(response: HttpResponse): string {
  const { status, body } = response
  const isRefused = status >= 400 && status < 500 && status !== 429
  if (status === 401 || (isRefused && body.includes('"invalid_client"')))
    throw new DiscordClientError(`POST /oauth2/token answered ${status}`)
  if (isRefused) throw new UserError('problem.discordRefused')
  return read(response, tokenAnswer).access_token
}

/** @param wait in milliseconds, where Discord says it */
function waitFor(wait: number | undefined): UserError {
  if (wait === undefined) return new UserError('problem.discordWait.later')
  return new UserError('problem.discordWait', { count: Math.max(Math.ceil(wait / 60_000), 1) })
}

function unreachable(cause: unknown): never {
  throw new UserError('problem.discordDown', undefined, { cause })
}

function read<Shape extends z.ZodType>({ status, headers, body }: HttpResponse, shape: Shape): z.infer<Shape> {
  if (status === 429) throw waitFor(parseRetryAfter(headers['retry-after'], Date.now()))
  if (status !== 200) throw new UserError('problem.discordDown')
  try {
    return shape.parse(JSON.parse(body.toString()))
  } catch (cause) {
    return unreachable(cause)
  }
}
