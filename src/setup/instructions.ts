import type { Config } from '../config.ts'
import type { redirectUris } from '../linking/callback.ts'

// What the person reads between the questions.

export const intro = `This makes .env for a bot of your own. It asks for what Discord and Spotify give you, and tries each answer at once.
Enter keeps what is set already. Ctrl+C ends this and loses nothing. Secrets are not shown while you paste them.`

export const bot = (isSet: boolean) => `
1 of 5: the bot. Open https://discord.com/developers/applications and make an application, or open yours.
${isSet ? 'The token is set. Press Reset Token under Bot only if you have lost it' : 'Under Bot, press Reset Token and copy the token'}. No privileged intents are needed.`

export const address = `
2 of 5: the address at which browsers reach the pages for linking. One of these:
  https://hearsay.example.com  your own name, where a proxy or tunnel passes requests on to this machine
  http://127.0.0.1:8888        to try it with a browser on this machine, and no other`

export function proxy({ publicUrl, host, port, trustProxy }: Config['web']): string {
  const from = `Let the proxy of ${publicUrl} pass requests on to ${host}, port ${port}.`
  return `${from} TRUST_PROXY is ${trustProxy}: how many proxies are in front. Change it in .env where that is wrong.`
}

export const discord = (redirect: string, isSet: boolean) => `
3 of 5: Discord. In the same application, under OAuth2, add this redirect, and save:
  ${redirect}
${isSet ? 'The client secret is set. Press Reset Secret there only if you have lost it.' : 'Then press Reset Secret there, and copy the client secret.'}`

export const spotify = (redirect: string) => `
4 of 5: Spotify. At https://developer.spotify.com/dashboard make an app (its owner needs Premium), or open yours.
It needs the Web API and this redirect URI:
  ${redirect}
Copy the Client ID and the client secret from its settings.`

export const dashboards = ({ discord, spotify }: ReturnType<typeof redirectUris>, invitation: string) => `
5 of 5: what only you can do. Check that both redirects are saved, exactly like this:
  ${discord}  (Discord, OAuth2, Redirects)
  ${spotify}  (Spotify, your app, Redirect URIs)
Invite the bot into your server with this link:
  ${invitation}
Under User Management in the Spotify dashboard, add the people who will link through your app: five at most.`

export const operator = `
The pages /privacy and /terms say who runs this bot, if you want them to.`

export const last = `
A last look at everything, as npm run doctor does it:`

export function containers(publicUrl: string): string {
  const isLoopback = publicUrl.startsWith('http:')
  const keep = 'Keep a copy of TOKEN_KEYS: without it everybody has to link again.'
  // A certificate is for a name.
  const start = `docker compose ${isLoopback ? '' : '--profile https '}up -d`
  return [
    `TOKEN_KEYS and VALKEY_PASSWORD are in .env as well. ${keep}`,
    `${start} starts it; docker-compose.yml says what else it can do.`,
    ...(isLoopback && new URL(publicUrl).port !== '8888'
      ? ['With it the port here is 8888: set PUBLIC_URL in .env to http://127.0.0.1:8888.']
      : []),
  ].join('\n')
}
