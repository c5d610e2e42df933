import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Before anything else is loaded, because that takes a while in which a process is asked to end as well.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

// Compiled code is kept beside the packages; where that cannot be written, a start just takes longer.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/hearsay', import.meta.url)))
const { run } = await import('./app.ts')
const { ConfigError, hasCredentials, readConfig } = await import('./config.ts')
const { variables } = await import('./config-rules.ts')
const { isOfConnection, isOfFarSide } = await import('./connection-messages.ts')
const { startupMessage } = await import('./error-messages.ts')
const { createLog } = await import('./log.ts')
const { loadEnvFile } = await import('./settings-file.ts')

const abandoned = 'Something failed that nobody waited for. The program goes on; if this comes often, please report it'
const unforeseen = 'Hearsay ended in a way that nobody foresaw: please report this line'

try {
  loadEnvFile('.env')
  if (!hasCredentials(process.env) && process.env['NODE_ENV'] !== 'production') await runSandbox()
  else await prepare(process.env)(stop.signal)
  process.exitCode = 0
} catch (error) {
  process.exitCode = 1
  // The launcher knows what to do about packages.
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw error
  const sentence = startupMessage(error)
  if (sentence) console.error(sentence)
  else createLog('fatal', isOfFarSide).fatal({ err: error }, unforeseen)
}
// Whatever is still open by now has nothing left to say.
setTimeout(() => process.exit(), 500).unref()

function prepare(environment: NodeJS.ProcessEnv): (signal: AbortSignal) => Promise<void> {
  const config = readConfig(environment)
  const log = createLog(config.logLevel, isOfFarSide)
  for (const warning of config.warnings) log.warn(warning)
  process.on('unhandledRejection', (err) => log.error({ err }, abandoned))
  process.on('uncaughtException', (err) => {
    // Code that uses a connection learns that it has failed; whatever else nobody caught may have left anything behind.
    if (isOfConnection(err)) return log.error({ err }, abandoned)
    log.fatal({ err }, unforeseen)
    process.exit(1)
  })
  return (signal) => run(config, log, signal)
}

/** A world on loopback for people without credentials; the program under it is the same. */
async function runSandbox(): Promise<void> {
  const { ChatPortError, startSandbox } = await import('../sandbox/start.ts')
  const options = { port: chatPort(process.env), friday: true, restarts: true, ending: stop.signal }
  const sandbox = await startSandbox(options).catch((cause: unknown) => {
    throw cause instanceof ChatPortError ? new ConfigError(cause.message) : cause
  })
  console.log(`No credentials found, so here is a sandbox: ${sandbox.url}`)
  await using ends = new AsyncDisposableStack()
  ends.defer(() => sandbox.close())
  await sandbox.keepRunning(prepare(sandbox.env), stop.signal)
}

function chatPort({ PORT }: NodeJS.ProcessEnv): number {
  const { data, error } = variables.PORT.safeParse(PORT || undefined)
  if (data === undefined) throw new ConfigError(`PORT ${error?.issues[0]?.message}.`)
  return data
}
