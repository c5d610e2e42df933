import { createHttp, parseHttpDate, type Http } from '../http.ts'
import { checkDiscord } from './discord.ts'
import { note, ok, type Finding, wrong } from './finding.ts'
import { checkHere } from './here.ts'
import { checkPolicies } from './policies.ts'
import { checkReach } from './reach.ts'
import { checkSpotify } from './spotify.ts'
import { checkStore } from './store.ts'
import { ConfigError, hasCredentials, readConfig, type Config } from '../config.ts'
import hearsay from '../../package.json' with { type: 'json' }

/** Looks at everything that a start needs, without disturbing a running bot. Never rejects over what is wrong. */
export async function* examine(environment: NodeJS.ProcessEnv, now = Date.now): AsyncGenerator<Finding> {
  yield* checkVersions(environment)
  let config: Config
  try {
    config = readConfig(environment)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const problem of error.message.split('\n')) yield wrong('Settings', problem)
    const rest = hasCredentials(environment)
      ? 'Everything else is looked at once these are right.'
      : 'None of the credentials is set, here or in .env. Without any, npm start is the sandbox.'
    yield note('Settings', rest)
    return
  }
  yield ok('Settings', 'All of them can be read.')
  for (const warning of config.warnings) yield note('Settings', warning)
  await using ends = new AsyncDisposableStack()
  const http = ends.adopt(createHttp(), ({ close }) => close())
  const clock = createClockCheck(http.send, now)
  const checks = [
    guarded('Discord', checkDiscord(config, clock.http)),
    guarded('Spotify', checkSpotify(config, clock.http)),
    guarded('PUBLIC_URL', checkReach(config.web, http.send)),
    guarded('This machine', checkHere(config, http.send)),
    guarded('Store', checkStore(config)),
    guarded('Policies', checkPolicies(config, http.send)),
  ]
  for (const check of checks) yield* await check
  yield clock.finding()
}

/** An unexpected answer spoils one check and not the others. Its message may hold a secret. */
function guarded(about: string, check: Promise<Finding[]>): Promise<Finding[]> {
  return check.catch((error: unknown) => {
    const why = error instanceof Error ? error.name : 'unknown'
    return [wrong(about, `This could not be looked at (${why}). Please report it.`)]
  })
}

/** Hearsay's version, Node's, and where that Node comes from. */
export function checkVersions(
  environment: NodeJS.ProcessEnv,
  node = { version: process.versions.node, path: process.execPath },
): Finding[] {
  const version = ok('Version', `Hearsay ${hearsay.version}, on ${process.platform} ${process.arch}.`)
  const what = `Node.js ${node.version}`
  if (Number.parseInt(node.version, 10) < 24)
    return [version, wrong('Node.js', `${what} is too old. Install 24 or newer from nodejs.org.`)]
  if (!/[\\/]node_modules[\\/]/.test(node.path)) return [version, ok('Node.js', `${what}.`)]
  const advice = `${what} comes from npm, which is late with security releases. For production, install one from nodejs.org or use the Docker image.`
  const isProduction = environment['NODE_ENV'] === 'production'
  return [version, isProduction ? wrong('Node.js', advice) : note('Node.js', advice)]
}

/** Compares this machine's clock with what others say the time is. */
export function createClockCheck(ask: Http, now: () => number) {
  const differences: number[] = []
  return { http, finding }

  /** The same as `ask`; the time in each answer is noted. */
  async function http(...asked: Parameters<Http>): ReturnType<Http> {
    const answer = await ask(...asked)
    const date = parseHttpDate(String(answer.headers['date']))
    if (date !== undefined) differences.push(now() - date)
    return answer
  }

  /** What came of it, after the asking. */
  function finding(): Finding {
    // One server may be wrong; a clock here that is wrong differs from all of them.
    const [least] = differences.toSorted((one, other) => Math.abs(one) - Math.abs(other))
    if (least === undefined) return note('Clock', 'Nobody told the time, so it was not compared.')
    const seconds = Math.round(Math.abs(least) / 1000)
    if (Math.abs(least) <= 60_000) return ok('Clock', `Within ${Math.max(seconds, 1)} s of Discord and Spotify.`)
    const direction = least > 0 ? 'ahead' : 'behind'
    const says = `This machine is ${seconds} s ${direction}. Tokens and waits end at the wrong time; switch on time synchronisation (timedatectl set-ntp true).`
    return wrong('Clock', says)
  }
}
