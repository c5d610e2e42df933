import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { credentials, fromFiles, variables } from './config-rules.ts'

/** Everything that an operator can set, checked. URLs come without a slash at their end. */
export interface Config {
  readonly discord: {
    readonly token: string
    readonly clientId: string
    readonly clientSecret: string
    readonly guildId: string | undefined
    readonly apiUrl: string
    readonly authorizeUrl: string
    /** Hex; set where interactions come over HTTP instead of the gateway. */
    readonly publicKey: string | undefined
    readonly shards: { readonly ids: readonly number[]; readonly total: number } | undefined
  }
  readonly spotify: {
    readonly clientId: string
    readonly clientSecret: string
    readonly apiUrl: string
    readonly accountsUrl: string
    /** What the app may ask in 30 seconds and in 24 hours, where the operator knows. */
    readonly windowRequests: number | undefined
    readonly dailyRequests: number | undefined
  }
  /** `publicUrl` is an origin, `trustProxy` the number of proxies in front. */
  readonly web: {
    readonly publicUrl: string
    readonly host: string
    readonly port: number
    readonly trustProxy: number
  }
  /** `redisUrl` may be a comma-separated list: a cluster. */
  readonly store: { readonly redisUrl: string } | { readonly directory: string }
  /** Keys of 32 bytes, the active one first. Always set with Redis; the embedded store can make its own. */
  readonly tokenKeys: readonly { readonly id: string; readonly key: Buffer }[] | undefined
  readonly metricsPort: number | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** Sentences about variables that have no effect. */
  readonly warnings: readonly string[]
}

/** The environment cannot be used: one sentence a variable, naming it and the fix, never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/**
 * Settings from an environment, and from the files that its NAME_FILE variables name; an empty variable is
 * one that is not set. Throws ConfigError with everything that is wrong.
 */
export function readConfig(environment: Environment, read = (path: string) => readFileSync(path, 'utf8')): Config {
  const problems = new Map<string, string>()
  const values = gather(environment, read, problems)
  compare(values, problems)
  const checked = z.object(variables()).safeParse(values)
  for (const { path, message } of checked.error?.issues ?? []) {
    const name = String(path[0])
    if (!problems.has(name)) problems.set(name, `${name} ${message}.`)
  }
  if (!checked.success || problems.size > 0) throw new ConfigError([...problems.values()])
  return arrange(checked.data, withoutEffect(environment))
}

/** The part of the settings that says where everything is kept, for tools that need nothing else. */
export function readKeeping(
  environment: Environment,
  read = (path: string) => readFileSync(path, 'utf8'),
): Pick<Config, 'store' | 'tokenKeys'> {
  const { REDIS_URL, DATA_DIR, TOKEN_KEYS } = variables()
  const problems = new Map<string, string>()
  const values = gather(environment, read, problems)
  compare(values, problems)
  const checked = z.object({ REDIS_URL, DATA_DIR, TOKEN_KEYS }).safeParse(values)
  for (const { path, message } of checked.error?.issues ?? []) {
    const name = String(path[0])
    if (!problems.has(name)) problems.set(name, `${name} ${message}.`)
  }
  const ours = ['REDIS_URL', 'DATA_DIR', 'TOKEN_KEYS'].flatMap((name) => problems.get(name) ?? [])
  if (!checked.success || ours.length > 0) throw new ConfigError(ours)
  return keeping(checked.data)
}

/** How many of the five credentials and PUBLIC_URL are set, themselves or as NAME_FILE. */
export function credentialsIn(environment: Environment): 'none' | 'some' | 'all' {
  const present = credentials.filter((name) => environment[name] || environment[`${name}_FILE`])
  if (present.length === 0) return 'none'
  return present.length === credentials.length ? 'all' : 'some'
}

function arrange(set: z.infer<z.ZodObject<ReturnType<typeof variables>>>, warnings: readonly string[]): Config {
  return {
    discord: {
      token: set.DISCORD_TOKEN,
      clientId: set.DISCORD_CLIENT_ID,
      clientSecret: set.DISCORD_CLIENT_SECRET,
      guildId: set.DISCORD_GUILD_ID,
      apiUrl: set.DISCORD_API_URL,
      authorizeUrl: set.DISCORD_AUTHORIZE_URL,
      publicKey: set.DISCORD_PUBLIC_KEY,
      shards: set.DISCORD_SHARDS,
    },
    spotify: {
      clientId: set.SPOTIFY_CLIENT_ID,
      clientSecret: set.SPOTIFY_CLIENT_SECRET,
      apiUrl: set.SPOTIFY_API_URL,
      accountsUrl: set.SPOTIFY_ACCOUNTS_URL,
      windowRequests: set.SPOTIFY_WINDOW_REQUESTS,
      dailyRequests: set.SPOTIFY_DAILY_REQUESTS,
    },
    web: { publicUrl: new URL(set.PUBLIC_URL).origin, host: set.HOST, port: set.PORT, trustProxy: set.TRUST_PROXY },
    ...keeping(set),
    metricsPort: set.METRICS_PORT,
    logLevel: set.LOG_LEVEL,
    warnings,
  }
}

function keeping(
  set: Pick<z.infer<z.ZodObject<ReturnType<typeof variables>>>, 'REDIS_URL' | 'DATA_DIR' | 'TOKEN_KEYS'>,
) {
  return {
    store: set.REDIS_URL ? { redisUrl: set.REDIS_URL } : { directory: set.DATA_DIR },
    tokenKeys: set.TOKEN_KEYS,
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** What is set, themselves or as NAME_FILE, by name; what could not be had is added to `problems`, by name too. */
function gather(environment: Environment, read: (path: string) => string, problems: Map<string, string>) {
  const values: Record<string, string> = {}
  for (const name of Object.keys(variables())) {
    const value = environment[name]
    const file = fromFiles.includes(name) && environment[`${name}_FILE`]
    if (value && file) problems.set(name, `Set either ${name} or ${name}_FILE, not both.`)
    else if (value) values[name] = value
    else if (file) {
      try {
        values[name] = withoutLastLineBreak(read(file))
      } catch {
        problems.set(name, `${name}_FILE names a file that cannot be read: check its path and permissions.`)
      }
      if (values[name] === '') problems.set(name, `${name}_FILE names an empty file: put the value into it.`)
    }
  }
  return values
}

/** Mistakes that show only between two variables. */
function compare(values: Readonly<Record<string, string>>, problems: Map<string, string>) {
  const report = (name: string, rest: string) => problems.has(name) || problems.set(name, `${name} ${rest}.`)
  if (values.SPOTIFY_CLIENT_SECRET && values.SPOTIFY_CLIENT_SECRET === values.SPOTIFY_CLIENT_ID) {
    report('SPOTIFY_CLIENT_SECRET', 'is the same as SPOTIFY_CLIENT_ID: copy the secret from the Spotify dashboard')
  }
  if (values.REDIS_URL && values.TOKEN_KEYS === undefined) {
    report(
      'TOKEN_KEYS',
      'is missing, and needed with REDIS_URL: set it to k1: and the output of openssl rand -base64 32',
    )
  }
  if (values.METRICS_PORT && Number(values.METRICS_PORT) === Number(values.PORT ?? '8888')) {
    report('METRICS_PORT', 'is the port of the link pages too: choose another number')
  }
}

/** Sentences about variables that look like ours and mean nothing. */
function withoutEffect(environment: Environment): string[] {
  const known = new Set([
    'HEARSAY_QUIET_LAUNCH',
    ...Object.keys(variables()),
    ...fromFiles.map((name) => `${name}_FILE`),
  ])
  return Object.keys(environment)
    .filter((name) => /^(?:DISCORD|SPOTIFY|HEARSAY)_/.test(name) && environment[name] && !known.has(name))
    .map((name) => `${name} is no variable of Hearsay and has no effect: check its spelling, or remove it.`)
}

function withoutLastLineBreak(content: string): string {
  return content.replace(/\r?\n$/, '')
}
