import { ConfigError, credentialsIn, readConfig, type Config } from '../config.ts'
import { note, ok, wrong, type Finding } from './finding.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Every mistake of the settings at once, a line each; and the settings, where they can be read. */
export function checkSettings(environment: Environment): { readonly config?: Config; readonly findings: Finding[] } {
  try {
    const config = readConfig(environment)
    const warnings = config.warnings.map((warning) => note('Settings', warning))
    return { config, findings: [ok('Settings', 'All of them can be read.'), ...warnings] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const problems = error.problems.map((problem) => wrong('Settings', problem))
    const none = credentialsIn(environment) === 'none'
    const rest = none
      ? 'None of the credentials is set, here or in .env. Without any, npm start is the sandbox.'
      : 'Everything else is looked at once these are right.'
    return { findings: [...problems, note('Settings', rest)] }
  }
}
