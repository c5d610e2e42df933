import type { APIApplication, RESTGetAPIGatewayBotResult } from 'discord.js'
import type { Config } from '../config.ts'
import type { Http } from '../http.ts'
import { ask, credentialsForm, note, ok, type Asked, type Finding, unanswered, whyNone, wrong } from './finding.ts'
import { redirectUris } from '../linking/callback.ts'

/** What Discord says of the token, the application and its secret, and of the sessions that are left. */
export async function checkDiscord(config: Config, http: Http): Promise<Finding[]> {
  const { apiUrl, clientId, guildId, publicKey, shards } = config.discord
  const { finding: ofToken, facts } = await checkToken(config, http, clientId)
  if (ofToken.about === 'Discord') return [ofToken]
  const secret = await checkSecret(config, http)
  if (!facts) return [ofToken, secret]
  const asked = (path: string) => askAsBot(config, http, path)
  return [
    ofToken,
    secret,
    checkRedirect(facts, config),
    interactions(facts, config),
    invitation(facts, config),
    policies(facts, config),
    ...(guildId ? [membership(await asked(`/applications/${clientId}/guilds/${guildId}/commands`), apiUrl)] : []),
    ...(publicKey ? [] : checkSessions(await asked('/gateway/bot'), apiUrl, shards)),
  ]
}

function askAsBot({ discord, web }: Config, http: Http, path: string): Promise<Asked> {
  const headers = { authorization: `Bot ${discord.token}`, 'user-agent': `DiscordBot (${web.publicUrl}, 1)` }
  return ask(http, `${discord.apiUrl}/v10${path}`, { headers })
}

/** Whether Discord takes the token, for the application of this id or, without one, for any; `facts` are about it. */
export async function checkToken(
  config: Config,
  http: Http,
  clientId: string | undefined,
): Promise<{ readonly finding: Finding; readonly facts?: APIApplication }> {
  const about = 'DISCORD_TOKEN'
  const asked = await askAsBot(config, http, '/applications/@me')
  const { status, body } = asked
  const why = whyNone(asked, config.discord.apiUrl, 'DISCORD_API_URL')
  if (why) return { finding: unanswered('Discord', why) }
  const refused = 'Discord does not take it. Reset and copy it under Bot in the Discord developer portal.'
  if (status === 401) return { finding: wrong(about, refused) }
  const odd = `Discord answered ${status} instead of telling whose it is. Look again in a minute.`
  const facts = body as unknown as APIApplication
  if (status !== 200 || typeof facts.id !== 'string') return { finding: unanswered(about, odd) }
  if (clientId !== undefined && clientId !== facts.id) {
    const other = `It belongs to application ${facts.id}, and DISCORD_CLIENT_ID names another. Copy both from the same one.`
    return { finding: wrong(about, other) }
  }
  const name = String(body['name']).replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
  return { finding: ok(about, `Good, for the application ${name} (${facts.id}).`), facts }
}

/** Asks for a token of the application's own, and gives it back. */
export async function checkSecret({ discord }: Config, http: Http): Promise<Finding> {
  const { apiUrl, clientId, clientSecret } = discord
  const about = 'DISCORD_CLIENT_SECRET'
  const post = (path: string, form: Record<string, string>) =>
    ask(http, `${apiUrl}/v10/oauth2/token${path}`, credentialsForm(clientId, clientSecret, form))
  const asked = await post('', { grant_type: 'client_credentials', scope: 'identify' })
  const why = whyNone(asked, apiUrl, 'DISCORD_API_URL')
  if (why) return (asked.status === 429 ? note : unanswered)(about, why)
  const { access_token: token, error } = asked.body
  if (asked.status === 200 && typeof token === 'string') {
    await post('/revoke', { token })
    return ok(about, 'Good, with DISCORD_CLIENT_ID.')
  }
  if (asked.status !== 401 && error !== 'invalid_client')
    return note(about, `Discord answered ${asked.status}, which tells nothing about it. Look again in a minute.`)
  const says =
    'Discord does not take it with DISCORD_CLIENT_ID. Copy both again under OAuth2 in the Discord developer portal.'
  return wrong(about, says)
}

function membership(asked: Asked, apiUrl: string): Finding {
  const about = 'DISCORD_GUILD_ID'
  const why = whyNone(asked, apiUrl, 'DISCORD_API_URL')
  if (why) return wrong(about, why)
  if (asked.status >= 500) return wrong(about, `Discord answered ${asked.status}. Look again in a minute.`)
  if (asked.status === 200) return ok(about, 'The bot is in that server, and registers its commands there alone.')
  return wrong(about, 'The bot is not in that server. Invite it there, or correct the id.')
}

/** Discord lets a bot begin so many sessions a day, and resets its token when it begins more. */
function checkSessions(asked: Asked, apiUrl: string, shards: Config['discord']['shards']): Finding[] {
  const about = 'Gateway'
  const why = whyNone(asked, apiUrl, 'DISCORD_API_URL')
  if (why) return [wrong(about, why)]
  const { session_start_limit: limit, shards: recommended } = asked.body as unknown as RESTGetAPIGatewayBotResult
  if (asked.status !== 200 || typeof limit?.remaining !== 'number')
    return [
      wrong(about, `Discord answered ${asked.status} without saying where its gateway is. Look again in a minute.`),
    ]
  const { remaining, total } = limit
  const left = `${remaining} of ${total} session starts ${remaining === 1 ? 'is' : 'are'} left${forHours(limit.reset_after)}`
  const few = `Only ${left}. Something starts the bot again and again: stop it, and look at its log.`
  const sessions = limit.remaining < limit.total / 20 ? wrong(about, few) : ok(about, `${left}.`)
  if (!shards || shards.total >= recommended) return [sessions]
  const says = `It counts ${shards.total} shards, and Discord asks for ${recommended} by now.`
  return [sessions, wrong('DISCORD_SHARDS', says)]
}

/** Nothing of the day has to end where all that was used has. */
function forHours(milliseconds: number): string {
  const hours = Math.ceil(milliseconds / 3_600_000)
  if (!(hours > 0)) return ''
  return hours === 1 ? ' for the next hour' : ` for the next ${hours} hours`
}

/** Whether the redirect address is registered, where Discord tells. */
export function checkRedirect({ redirect_uris: registered }: APIApplication, { web }: Config): Finding {
  const about = 'Redirect at Discord'
  const { discord } = redirectUris(web.publicUrl)
  if (!registered) return note(about, `It has to be exactly ${discord} under OAuth2.`)
  if (registered.includes(discord)) return ok(about, `${discord} is registered.`)
  return wrong(about, `Add exactly ${discord} under OAuth2 in the Discord developer portal.`)
}

/** Discord sends interactions to the endpoint or over the gateway, never both ways. */
function interactions({ verify_key: key, interactions_endpoint_url: url }: APIApplication, config: Config): Finding {
  const about = 'Interactions'
  const wanted = `${config.web.publicUrl}/interactions`
  const { publicKey } = config.discord
  if (!publicKey) {
    if (!url) return ok(about, 'They come over the gateway.')
    const says = `Discord posts them to ${url}, and the gateway gets none. Empty Interactions Endpoint URL under General Information, or set DISCORD_PUBLIC_KEY.`
    return wrong(about, says)
  }
  if (key && key.toLowerCase() !== publicKey.toLowerCase())
    return wrong(about, 'DISCORD_PUBLIC_KEY is another application’s. Copy it again under General Information.')
  if (url === wanted) return ok(about, `Discord posts them to ${wanted}.`)
  if (isLoopback(wanted)) return url ? note(about, elsewhere(url)) : wrong(about, unreachableHere)
  const says = `DISCORD_PUBLIC_KEY is set, so nothing comes over the gateway. While Hearsay runs, set Interactions Endpoint URL to ${wanted} under General Information.`
  return wrong(about, says)
}

const unreachableHere =
  'DISCORD_PUBLIC_KEY is set, so nothing comes over the gateway, and Discord cannot post anything to PUBLIC_URL, which leads to this machine alone. Remove DISCORD_PUBLIC_KEY, or set PUBLIC_URL to an https address.'

const elsewhere = (url: string) =>
  `Discord posts them to ${url}. PUBLIC_URL leads to this machine alone, so nobody can tell whether that ends here.`

/** Only such addresses are http. */
const isLoopback = (url: string) => url.startsWith('http:')

/** Discord shows these addresses on the bot's profile, and asks for them when it verifies a bot. */
function policies(facts: APIApplication, { policies: { privacy, terms } }: Config): Finding {
  const about = 'Policies at Discord'
  if (facts.privacy_policy_url === privacy && facts.terms_of_service_url === terms)
    return ok(about, 'The addresses of the privacy notice and the terms are entered.')
  if (isLoopback(privacy) || isLoopback(terms)) {
    const local =
      'There is nothing to enter: PUBLIC_URL leads to this machine alone, so nobody else can open its privacy notice and terms. For others set it to an https address, or PRIVACY_URL and TERMS_URL to pages of yours.'
    return note(about, local)
  }
  const says = `Enter ${privacy} as Privacy Policy URL and ${terms} as Terms of Service URL under General Information in the Discord developer portal.`
  return note(about, says)
}

// View Channel, Send Messages, also in threads, Embed Links, and Read Message History.
const posting = 0x400n | 0x800n | 0x40_0000_0000n | 0x4000n | 0x10000n

/** Where the bot is invited, with the permissions that roundups need. */
export function invitationLink({ discord }: Config): string {
  const { authorizeUrl, clientId } = discord
  return `${authorizeUrl}?client_id=${clientId}&scope=bot+applications.commands&permissions=${posting}`
}

function invitation(application: APIApplication, config: Config): Finding {
  const about = 'Invitation'
  if (application.bot_require_code_grant)
    return wrong(about, 'Nobody can invite the bot: switch off Requires OAuth2 Code Grant under Bot.')
  const link = invitationLink(config)
  const scopes: readonly string[] | undefined = application.integration_types_config?.[0]?.oauth2_install_params?.scopes
  const lacks = scopes ? ['bot', 'applications.commands'].filter((scope) => !scopes.includes(scope)) : []
  const lacking = `The install link lacks the scope ${lacks.join(' and ')}. Add it under Installation, or use ${link}`
  if (lacks.length > 0) return wrong(about, lacking)
  const says = `Commands need no permission. To post roundups the bot needs View Channel, Send Messages (in threads, Send Messages in Threads) and Embed Links, and to find its own posts after a crash Read Message History: ${link}`
  return note(about, says)
}
