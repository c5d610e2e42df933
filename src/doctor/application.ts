import type { Config } from '../config.ts'
import { redirectUris } from '../linking/callbacks.ts'
import { note, ok, wrong, type Finding } from './finding.ts'

/** The part of Discord's application object that is looked at: https://discord.com/developers/docs/resources/application */
export interface Application {
  readonly id: string
  readonly verify_key?: string
  readonly bot_require_code_grant?: boolean
  readonly interactions_endpoint_url?: string | null
  readonly redirect_uris?: readonly string[]
  readonly integration_types_config?: {
    readonly 0?: {
      readonly oauth2_install_params?: { readonly scopes: readonly string[]; readonly permissions: string }
    }
  }
}

/** What is set in the Discord developer portal. */
export function checkApplication(application: Application, config: Config): Finding[] {
  return [redirect(application, config), interactions(application, config), ...invitation(application, config)]
}

function redirect({ redirect_uris: registered }: Application, { web }: Config): Finding {
  const about = 'Redirect at Discord'
  const { discord } = redirectUris(web.publicUrl)
  if (!registered) return note(about, `It has to be exactly ${discord} under OAuth2.`)
  if (registered.includes(discord)) return ok(about, `${discord} is registered.`)
  return wrong(about, `Add exactly ${discord} under OAuth2 in the Discord developer portal.`)
}

/** Discord sends interactions to the endpoint or over the gateway, never both ways. */
function interactions({ verify_key: key, interactions_endpoint_url: url }: Application, config: Config): Finding {
  const about = 'Interactions'
  const wanted = `${config.web.publicUrl}/interactions`
  const { publicKey } = config.discord
  if (!publicKey) {
    if (!url) return ok(about, 'They come over the gateway.')
    return wrong(
      about,
      `Discord posts them to ${url}, and the gateway gets none. Empty Interactions Endpoint URL under General Information, or set DISCORD_PUBLIC_KEY.`,
    )
  }
  if (key && key.toLowerCase() !== publicKey.toLowerCase())
    return wrong(about, 'DISCORD_PUBLIC_KEY is another application’s. Copy it again under General Information.')
  if (url === wanted) return ok(about, `Discord posts them to ${wanted}.`)
  return wrong(
    about,
    `DISCORD_PUBLIC_KEY is set, so nothing comes over the gateway. While Hearsay runs, set Interactions Endpoint URL to ${wanted} under General Information.`,
  )
}

// View Channel, Send Messages, Embed Links.
const posting = 0x400n | 0x800n | 0x4000n

function invitation(application: Application, { discord }: Config): Finding[] {
  const about = 'Invitation'
  if (application.bot_require_code_grant)
    return [wrong(about, 'Nobody can invite the bot: switch off Requires OAuth2 Code Grant under Bot.')]
  const { authorizeUrl, clientId } = discord
  const link = `${authorizeUrl}?client_id=${clientId}&scope=bot+applications.commands&permissions=${posting}`
  const set = application.integration_types_config?.[0]?.oauth2_install_params
  const lacks = (set && ['bot', 'applications.commands'].filter((scope) => !set.scopes.includes(scope))) ?? []
  if (lacks.length > 0)
    return [
      wrong(
        about,
        `The install link lacks the scope ${lacks.join(' and ')}. Add it under Installation, or use ${link}`,
      ),
    ]
  const says = `Commands need no permission. To post roundups the bot needs View Channel, Send Messages and Embed Links in their channel: ${link}`
  return [note(about, says)]
}
