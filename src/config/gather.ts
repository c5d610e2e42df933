import { fromFiles, variables } from './variables.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What is set, themselves or as NAME_FILE, by name; what could not be had is added to `problems`, by name too. */
export function gather(environment: Environment, read: (path: string) => string, problems: Map<string, string>) {
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
export function compare(values: Readonly<Record<string, string>>, problems: Map<string, string>) {
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
export function withoutEffect(environment: Environment): string[] {
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
