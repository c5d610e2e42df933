import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { flawInKeys, keysIn } from './crypto.ts'
import { readRedisAddress } from './store/redis-address.ts'

// Every rule says what is wrong and what to do, as it goes on after the name of the variable, and never the value.

/** Something that is pasted from elsewhere. Without `missing`, it may be left out. */
function pasted(missing: string, flaw: (value: string) => string | false = () => false) {
  return z.string(`is missing: ${missing}`).superRefine((value, context) => {
    const sentence = flawInPasting(value) || flaw(value)
    if (sentence) context.addIssue(sentence)
  })
}

function whole(min: number, max: number, sentence: string) {
  const fits = (value: string) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max
  return z.string().refine(fits, sentence).transform(Number)
}

/** Whole or with a fraction. */
function hours(most: number) {
  const fits = (value: string) => /^\d{1,4}(?:\.\d{1,4})?$/.test(value) && Number(value) <= most
  return z.string().refine(fits, `must be a number of hours from 0 to ${most}, such as 24 or 0.5`).transform(Number)
}

/** The address of an API, without a slash at its end. */
function address(usual: string) {
  const sentence = 'must be an https address without user, query or # (http only on 127.0.0.1 or [::1])'
  // URL reads `https:host` and blanks around it as well.
  const isWhole = (value: string) => /^https?:\/\/[^\s\\/?#]+(?:\/[^\s\\?#]*)?$/i.test(value)
  const fits = (value: string) => isWhole(value) && URL.canParse(value) && isSafe(new URL(value))
  return z
    .string()
    .refine(fits, sentence)
    .transform((value) => value.replace(/\/+$/, ''))
    .default(usual)
}

/** An origin and nothing after it: `https://hearsay.example.com`. */
function flawInOrigin(value: string): string | false {
  if (value === 'https://hearsay.example.com') return 'still holds the example: set your own address'
  if (!URL.canParse(value)) return 'must be a whole address such as https:// and a host name'
  const url = new URL(value)
  if (url.username || url.password) return 'must not carry a user or password: remove what stands before the @'
  if (!isSafe(url)) return 'must start with https:// (http:// only with 127.0.0.1 or [::1], not localhost)'
  const ends = /^https?:\/\/[^/?#\\]+$/i.test(value)
  return !ends && 'must end after the host and port: remove the path, query or slash at its end'
}

function flawInRedisAddress(value: string): string | false {
  const address = readRedisAddress(value)
  return typeof address === 'string' && address
}

/** What is in the file with that name: certificates as PEM. */
function certificates() {
  const none =
    'names a file without a whole certificate as PEM (-----BEGIN CERTIFICATE-----): put the one there that signed that of your Redis'
  return z.string().transform((path, context) => {
    try {
      const text = readFileSync(path, 'utf8')
      const found = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? []
      if (found.length > 0 && found.every(isCertificate)) return found.join('\n')
      context.addIssue(none)
    } catch {
      context.addIssue('names a file that cannot be read: check its path and permissions')
    }
    return z.NEVER
  })
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

/** `0-3/16`: shards 0 to 3 of 16. */
function shards() {
  const parts = /^(\d{1,4})-(\d{1,4})\/(\d{1,4})$/
  return z
    .string()
    .transform((value) => {
      const [first = 0, last = -1, total = 0] = (parts.exec(value) ?? []).slice(1).map(Number)
      return { ids: Array.from({ length: last - first + 1 }, (_, index) => first + index), total }
    })
    .refine(
      ({ ids, total }) => (ids.at(-1) ?? total) < total,
      'must look like 0-3/16: this process holds shards 0 to 3 of 16',
    )
}

function flawInPasting(value: string): string | false {
  if (value.includes('\uFEFF')) return 'begins with a byte order mark: save it as UTF-8 without one'
  if (/[\r\n]/.test(value)) return 'contains a line break: paste it again, on one line'
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(value)) return 'has quotation marks around it: remove them'
  // What a password holds of these only has to be encoded.
  if (/[^\x21-\x7E]/.test(value) && !/^rediss?[:+].*@/i.test(value))
    return 'contains a space or another character that does not belong there: paste it again'
  return /\byour-[a-z]/.test(value) && 'still holds the example: put your own value there'
}

function isSafe(url: URL): boolean {
  const isLoopback = /^127(?:\.\d+){3}$|^\[::1\]$/.test(url.hostname)
  return (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)) && !url.username && !url.password
}

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
  DISCORD_API_URL: address('https://discord.com/api'),
  DISCORD_AUTHORIZE_URL: address('https://discord.com/oauth2/authorize'),
  SPOTIFY_API_URL: address('https://api.spotify.com/v1'),
  SPOTIFY_ACCOUNTS_URL: address('https://accounts.spotify.com'),
}
