import type { Config } from '../config.ts'
import type { Http } from '../http.ts'
import { redirectUris } from '../linking/callback.ts'
import { ask, credentialsForm, note, ok, type Asked, type Finding, unanswered, whyNone, wrong } from './finding.ts'

/** What Spotify says of the app, and what has to be done by hand. Nobody's token is used for it. */
export async function checkSpotify(config: Config, http: Http): Promise<Finding[]> {
  const { apiUrl } = config.spotify
  const api = async () => reached(await ask(http, `${apiUrl}/me`), apiUrl)
  return [...(await Promise.all([checkApp(config, http), checkPage(config, http), api()])), allowList]
}

/** Whether Spotify takes the app's id and secret. */
export async function checkApp({ spotify }: Config, http: Http): Promise<Finding> {
  const { accountsUrl, clientId, clientSecret } = spotify
  const form = credentialsForm(clientId, clientSecret, { grant_type: 'client_credentials' })
  const asked = await ask(http, `${accountsUrl}/api/token`, form)
  const about = 'Spotify app'
  const why = whyNone(asked, accountsUrl, 'SPOTIFY_ACCOUNTS_URL')
  if (why)
    return asked.status === 429 ? note(about, `${why} Id and secret were not looked at.`) : unanswered(about, why)
  if (asked.status === 200 && typeof asked.body['access_token'] === 'string')
    return ok(about, 'SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET are good.')
  const unclear = `Spotify answered ${asked.status}, which tells nothing about id and secret. Look again in a minute.`
  if (asked.body['error'] !== 'invalid_client') return unanswered(about, unclear)
  const which = refusedBy.get(asked.body['error_description']) ?? 'SPOTIFY_CLIENT_ID or SPOTIFY_CLIENT_SECRET'
  const says = `Spotify does not take ${which}. Copy it again from your app's settings in the Spotify dashboard.`
  return wrong(about, says)
}

// The words vary, so they only help to guess.
const refusedBy = new Map<unknown, string>([
  ['Invalid client secret', 'SPOTIFY_CLIENT_SECRET'],
  ['Invalid client', 'SPOTIFY_CLIENT_ID'],
])

/** Spotify's page refuses an address that is not registered before anybody signs in. Other answers tell nothing. */
export async function checkPage({ spotify, web }: Config, http: Http): Promise<Finding> {
  const about = 'Redirect at Spotify'
  const redirectUri = redirectUris(web.publicUrl).spotify
  const query = { client_id: spotify.clientId, response_type: 'code', redirect_uri: redirectUri, state: 'doctor' }
  const asked = await ask(http, `${spotify.accountsUrl}/authorize?${new URLSearchParams(query)}`)
  if (asked.status === 400 && /redirect[_ ]uri/i.test(asked.text))
    return wrong(about, `Add exactly ${redirectUri} to your app in the Spotify dashboard.`)
  return note(about, `It has to be exactly ${redirectUri} in the Spotify dashboard.`)
}

function reached(asked: Asked, apiUrl: string): Finding {
  const about = 'Spotify Web API'
  const why = whyNone(asked, apiUrl, 'SPOTIFY_API_URL')
  if (why) return (asked.status === 429 ? note : wrong)(about, why)
  if (asked.status >= 500) return wrong(about, `${apiUrl} answers ${asked.status}: see status.spotify.dev.`)
  return ok(about, `${apiUrl} answers.`)
}

const allowList = note(
  'Allow-list',
  'A new Spotify app serves five people. Add each one’s email address by hand under User Management in the Spotify dashboard; a person who is missing there can sign in, and every answer after that is a 403 (user may not be registered). Its owner needs Premium. Everybody else links with a Client ID of their own: /link client-id.',
)
