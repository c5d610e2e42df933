import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { credentials, fromFiles, variables } from './config-rules.ts'
import { StartupError } from './errors.ts'

/** Everything that an operator can set, checked. URLs come without a slash at their end. */
export type Config = ReturnType<typeof readConfig>

/** The environment cannot be used: a line for each variable, naming it and the fix, never its value. */
export class ConfigError extends StartupError {}

/** Settings, also from files that NAME_FILE names; an empty variable is not set. Throws ConfigError with all flaws. */
export function readConfig(environment: NodeJS.ProcessEnv, read?: (path: string) => string) {
  const set = check(variables, environment, read)
  return {
    discord: {
      token: set.DISCORD_TOKEN,
      clientId: set.DISCORD_CLIENT_ID,
      clientSecret: set.DISCORD_CLIENT_SECRET,
      guildId: set.DISCORD_GUILD_ID,
      apiUrl: set.DISCORD_API_URL,
      authorizeUrl: set.DISCORD_AUTHORIZE_URL,
      /** Where browsers find servers, channels and messages, by their ids behind it. */
      channelsUrl: new URL('/channels', set.DISCORD_AUTHORIZE_URL).href,
      /** Hex; set where interactions come over HTTP instead of the gateway. */
      publicKey: set.DISCORD_PUBLIC_KEY,
      shards: set.DISCORD_SHARDS,
    },
    spotify: {
      clientId: set.SPOTIFY_CLIENT_ID,
      clientSecret: set.SPOTIFY_CLIENT_SECRET,
      apiUrl: set.SPOTIFY_API_URL,
      accountsUrl: set.SPOTIFY_ACCOUNTS_URL,
      /** What the app may ask in 30 seconds and in 24 hours, where the operator knows. */
      windowRequests: set.SPOTIFY_WINDOW_REQUESTS,
      dailyRequests: set.SPOTIFY_DAILY_REQUESTS,
    },
    /** `publicUrl` is an origin, `trustProxy` the number of proxies in front. */
    web: { publicUrl: new URL(set.PUBLIC_URL).origin, host: set.HOST, port: set.PORT, trustProxy: set.TRUST_PROXY },
    /** Who runs this; the contact is an email address or an https address. */
    operator: { name: set.OPERATOR_NAME, contact: set.OPERATOR_CONTACT },
    policies: policyUrls(set),
    /** A picture of Spotify's, for the footers of embeds. */
    logoUrl: set.SPOTIFY_LOGO_URL,
    ...storage(set),
    /** How long the index of a library is kept in the store after its last use; 0: not there. */
    libraryCacheHours: set.LIBRARY_CACHE_HOURS,
    /** The language for those whose own I do not have, and a folder with further ones. */
    languages: { fallback: set.DEFAULT_LOCALE, folder: set.LOCALES_DIR },
    metricsPort: set.METRICS_PORT,
    logLevel: set.LOG_LEVEL,
    /** Sentences about variables that have no effect. */
    warnings: [...withoutEffect(environment), ...withoutTls(set), ...withoutRedis(set)],
  }
}

/** The part of the settings that says where everything is stored, for tools that need nothing else. */
export function readStorage(environment: NodeJS.ProcessEnv) {
  const { REDIS_URL, REDIS_CA_FILE, DATA_DIR, TOKEN_KEYS } = variables
  return storage(check({ REDIS_URL, REDIS_CA_FILE, DATA_DIR, TOKEN_KEYS }, environment))
}

/** Whether any of the five credentials and PUBLIC_URL is set, itself or as NAME_FILE. */
export function hasCredentials(environment: NodeJS.ProcessEnv): boolean {
  return credentials.some((name) => environment[name] || environment[`${name}_FILE`])
}

/** What is set, directly or as NAME_FILE. Throws ConfigError with everything that is wrong, each variable once. */
function check<Rules extends z.ZodRawShape>(
  rules: Rules,
  environment: NodeJS.ProcessEnv,
  read = (path: string) => readFileSync(path, 'utf8'),
) {
  const values: Record<string, string> = {}
  // By the name of the variable.
  const problems = new Map<string, string>()
  for (const name of Object.keys(rules)) {
    const value = environment[name]
    const file = fromFiles.includes(name) && environment[`${name}_FILE`]
    if (value && file) problems.set(name, `Set either ${name} or ${name}_FILE, not both.`)
    else if (value) values[name] = value
    else if (file) {
      try {
        // Some editors put a byte order mark first.
        values[name] = read(file).replace(/^\uFEFF|\r?\n$/g, '')
      } catch {
        problems.set(name, `${name}_FILE names a file that cannot be read: check its path and permissions.`)
      }
      if (values[name] === '') problems.set(name, `${name}_FILE names an empty file: put the value into it.`)
    }
  }
  const report = (name: string, flaw: string) => problems.has(name) || problems.set(name, `${name} ${flaw}.`)
  compare(values, report)
  const checked = z.object(rules).safeParse(values)
  for (const { path, message } of checked.error?.issues ?? []) report(String(path[0]), message)
  if (!checked.success || problems.size > 0) throw new ConfigError([...problems.values()].join('\n'))
  return checked.data
}

type Variables = z.infer<z.ZodObject<typeof variables>>

/** Whole addresses: of the operator's own pages, or of ours. */
function policyUrls({
  PUBLIC_URL,
  PRIVACY_URL,
  TERMS_URL,
}: Pick<Variables, 'PUBLIC_URL' | 'PRIVACY_URL' | 'TERMS_URL'>) {
  const pick = (own: string | undefined, path: string): string => {
    const ours = new URL(path, PUBLIC_URL).href
    // With a slash at its end ours would lead to itself without one.
    return own === undefined || own.toLowerCase().replace(/\/+$/, '') === ours ? ours : new URL(own).href
  }
  return { privacy: pick(PRIVACY_URL, '/privacy'), terms: pick(TERMS_URL, '/terms') }
}

function storage(set: Pick<Variables, 'REDIS_URL' | 'REDIS_CA_FILE' | 'DATA_DIR' | 'TOKEN_KEYS'>) {
  return {
    /** `redisCa`: what to trust beside what Node trusts, as PEM. */
    store: set.REDIS_URL ? { redisUrl: set.REDIS_URL, redisCa: set.REDIS_CA_FILE } : { directory: set.DATA_DIR },
    /** The active key first; or else the file beside the embedded store that holds them, or will. */
    tokenKeys: set.TOKEN_KEYS ?? join(set.DATA_DIR, 'token-keys'),
  }
}

/** Mistakes that show only between two variables. */
function compare(values: Readonly<Record<string, string>>, report: (name: string, flaw: string) => unknown): void {
  const keys = 'is missing, and needed with REDIS_URL: set it to k1: and the output of openssl rand -base64 32'
  if (values.SPOTIFY_CLIENT_SECRET && values.SPOTIFY_CLIENT_SECRET === values.SPOTIFY_CLIENT_ID)
    report('SPOTIFY_CLIENT_SECRET', 'is the same as SPOTIFY_CLIENT_ID: copy the secret from the Spotify dashboard')
  if (values.REDIS_URL && values.TOKEN_KEYS === undefined) report('TOKEN_KEYS', keys)
  if (values.METRICS_PORT && Number(values.METRICS_PORT) === Number(values.PORT ?? '8888'))
    report('METRICS_PORT', 'is the port of the link pages too: choose another number')
}

/** Sentences about variables that look like ours and mean nothing. */
function withoutEffect(environment: NodeJS.ProcessEnv): string[] {
  const known = new Set(['HEARSAY_QUIET_LAUNCH', ...Object.keys(variables), ...fromFiles.map((name) => `${name}_FILE`)])
  return Object.keys(environment)
    .filter((name) => /^(?:DISCORD|SPOTIFY|HEARSAY|OPERATOR)_/.test(name) && environment[name] && !known.has(name))
    .map((name) => `${name} is no variable of Hearsay and has no effect: check its spelling, or remove it.`)
}

function withoutTls({ REDIS_URL, REDIS_CA_FILE }: Variables): string[] {
  if (REDIS_CA_FILE === undefined || /^rediss/i.test(REDIS_URL ?? '')) return []
  return ['REDIS_CA_FILE has no effect without rediss:// in REDIS_URL: write that, or remove it.']
}

function withoutRedis({ REDIS_URL, DISCORD_SHARDS }: Variables): string[] {
  if (DISCORD_SHARDS === undefined || REDIS_URL !== undefined) return []
  return [
    'DISCORD_SHARDS is set without REDIS_URL: processes that each have a store of their own do not know what people do in the others. Set REDIS_URL, or remove it.',
  ]
}
