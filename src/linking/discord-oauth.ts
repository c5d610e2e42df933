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

const notNow = 'Discord did not answer, or not with sense. Please start again in a minute.'
const notAccepted = 'Discord did not accept this sign-in: it was used already or took too long. Please start again.'

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
      throw new UserError('Discord answered for another application. Please start again.')
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
  if (isRefused) throw new UserError(notAccepted)
  return read(response, tokenAnswer).access_token
}

/** @param wait in milliseconds, where Discord says it */
function waitFor(wait: number | undefined): string {
  const minutes = Math.ceil((wait ?? 0) / 60_000)
  const pause = minutes > 1 ? `in ${minutes} minutes` : 'in a minute'
  return `Discord lets nobody sign in here for now. Please start again ${wait === undefined ? 'later' : pause}.`
}

function unreachable(cause: unknown): never {
  throw new UserError(notNow, { cause })
}

function read<Shape extends z.ZodType>({ status, headers, body }: HttpResponse, shape: Shape): z.infer<Shape> {
  if (status === 429) throw new UserError(waitFor(parseRetryAfter(headers['retry-after'], Date.now())))
  if (status !== 200) throw new UserError(notNow)
  try {
    return shape.parse(JSON.parse(body.toString()))
  } catch (cause) {
    return unreachable(cause)
  }
}
