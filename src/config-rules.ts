import { z } from 'zod'
import {
  address,
  certificates,
  checked,
  flawInContact,
  flawInOrigin,
  flawInPicture,
  flawInPublicAddress,
  flawInRedisAddress,
  hours,
  pasted,
  shards,
  whole,
} from './config-values.ts'
import { flawInKeys, keysIn } from './crypto.ts'

/** Those without which nothing can start. */
export const credentials = [
  ...(['DISCORD_TOKEN', 'DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET'] as const),
  ...(['SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET', 'PUBLIC_URL'] as const),
]

/** Those that may come in a file, as NAME_FILE. */
export const fromFiles: readonly string[] = [...credentials, 'TOKEN_KEYS', 'REDIS_URL']

const snowflake = /^\d{17,20}$/
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const bot = 'copy it from Bot in the Discord developer portal'
const oauth = 'copy it from OAuth2 in the Discord developer portal'
const dashboard = 'copy it from your app in the Spotify dashboard'
const port = 'must be a port, a number from 1 to 65535'
const requests = 'must be a number of requests, 1 or more'

/** The rule of each variable. */
export const variables = {
  DISCORD_TOKEN: pasted(bot, (value) => snowflake.test(value) && `holds an id: ${bot}`),
  DISCORD_CLIENT_ID: pasted(
    oauth,
    (value) => !snowflake.test(value) && `must be 17 to 20 digits, not the secret: ${oauth}`,
  ),
  DISCORD_CLIENT_SECRET: pasted(
    oauth,
    (value) => /^\d{17,20}$|^[^.]+\.[^.]+\.[^.]+$/.test(value) && `holds an id or a token: ${oauth}`,
  ),
  SPOTIFY_CLIENT_ID: pasted(dashboard),
  SPOTIFY_CLIENT_SECRET: pasted(dashboard),
  PUBLIC_URL: pasted('set it to the https address where browsers reach the link pages', flawInOrigin),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be an IP address or a host name')
    .default('127.0.0.1'),
  PORT: whole(1, 65535, port).default(8888),
  REDIS_URL: pasted('', flawInRedisAddress).optional(),
  REDIS_CA_FILE: certificates().optional(),
  DATA_DIR: z.string().default('./data'),
  TOKEN_KEYS: pasted('', flawInKeys).transform(keysIn).optional(),
  DISCORD_PUBLIC_KEY: z
    .string()
    .regex(/^[\da-f]{64}$/i, 'must be the 64 hex digits under General Information in the Discord developer portal')
    .optional(),
  DISCORD_SHARDS: shards().optional(),
  DISCORD_GUILD_ID: z.string().regex(snowflake, 'must be the id of a server, 17 to 20 digits').optional(),
  TRUST_PROXY: whole(0, 20, 'must be the number of proxies in front of Hearsay, such as 1').default(0),
  METRICS_PORT: whole(1, 65535, port).optional(),
  LOG_LEVEL: z.enum(levels, `must be one of ${levels.join(', ')}`).default('info'),
  SPOTIFY_WINDOW_REQUESTS: whole(1, 1e8, requests).optional(),
  SPOTIFY_DAILY_REQUESTS: whole(1, 1e8, requests).optional(),
  LIBRARY_CACHE_HOURS: hours(168).default(24),
  OPERATOR_NAME: z
    .string()
    .trim()
    .refine((value) => !/\byour-[a-z]/.test(value), 'still holds the example: put your own name there')
    .refine(
      (value) => /^[^\p{Cc}\p{Zl}\p{Zp}]{1,100}$/u.test(value),
      'must be a name of 1 to 100 characters, on one line',
    )
    .optional(),
  OPERATOR_CONTACT: pasted('', flawInContact).optional(),
  PRIVACY_URL: checked(flawInPublicAddress),
  TERMS_URL: checked(flawInPublicAddress),
  SPOTIFY_LOGO_URL: checked(flawInPicture),
  DEFAULT_LOCALE: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z\d]{2,4})*$/, 'must be the name of a language, as en-US or de')
    .default('en-US'),
  LOCALES_DIR: z.string().optional(),
  DISCORD_API_URL: address('https://discord.com/api'),
  DISCORD_AUTHORIZE_URL: address('https://discord.com/oauth2/authorize'),
  SPOTIFY_API_URL: address('https://api.spotify.com/v1'),
  SPOTIFY_ACCOUNTS_URL: address('https://accounts.spotify.com'),
}
