import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { Locale } from 'discord.js'
import type { Config } from '../config.ts'
import { StartupError } from '../errors.ts'
import type { Http } from '../http.ts'
import { createLanguages } from '../i18n.ts'
import { listenForMetrics, listenForPages, PortTakenError } from '../listening.ts'
import { LocaleError } from '../locale-files.ts'
import { ask, note, ok, type Finding, wrong } from './finding.ts'
import { isHealth, reachable } from './reach.ts'

/** What a start needs of this machine beside its store: words, and ports to listen on. */
export async function checkHere(config: Config, http: Http): Promise<Finding[]> {
  return [...checkLanguages(config), await checkPort(config, http), ...(await checkMetricsPort(config, http))]
}

function checkLanguages({ languages }: Config): Finding[] {
  const about = 'Languages'
  try {
    const found = createLanguages(languages)
    found.others()
    const notes = found.withoutEffect(Object.values(Locale)).map((warning) => note(about, warning))
    return [...notes, ok(about, `There are words for ${found.names.join(', ')}.`)]
  } catch (error) {
    if (error instanceof LocaleError) return [wrong(about, error.message)]
    throw error
  }
}

async function checkPort({ web }: Config, http: Http): Promise<Finding> {
  const about = 'PORT'
  const refused = await refusal((server) => listenForPages(server, web))
  if (!refused) return ok(about, `${web.port} is free on ${web.host}.`)
  const isHearsay = async () => isHealth(await ask(http, `http://${reachable(web.host)}:${web.port}/health`))
  if (refused instanceof PortTakenError && (await isHearsay())) return ok(about, `A Hearsay listens on ${web.port}.`)
  return wrong(about, refused.message)
}

async function checkMetricsPort({ metricsPort: port }: Config, http: Http): Promise<Finding[]> {
  if (port === undefined) return []
  const about = 'METRICS_PORT'
  const refused = await refusal((server) => listenForMetrics(server, port))
  if (!refused) return [ok(about, `${port} is free.`)]
  const isHearsay = async () => (await ask(http, `http://127.0.0.1:${port}/metrics`)).text.includes('hearsay_')
  if (refused instanceof PortTakenError && (await isHearsay())) return [ok(about, `A Hearsay listens on ${port}.`)]
  return [wrong(about, refused.message)]
}

/** Why a start could not listen; it is tried for a moment. */
async function refusal(listen: (server: Server) => Promise<void>): Promise<StartupError | undefined> {
  const server = createServer()
  try {
    await listen(server)
  } catch (error) {
    if (error instanceof StartupError) return error
    throw error
  }
  server.close()
  await once(server, 'close')
  return undefined
}
