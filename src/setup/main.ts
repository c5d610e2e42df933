import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startupMessage } from '../error-messages.ts'
import { createHttp } from '../http.ts'
import { closeEnvFile } from './env-file.ts'
import { flawsIn, openSettings } from './settings.ts'
import { takeSteps } from './steps.ts'
import { openTerminal } from './terminal.ts'
import { readConfig } from '../config.ts'
import hearsay from '../../package.json' with { type: 'json' }

const settings = openSettings('.env', process.env)

try {
  if (process.stdin.isTTY && process.stdout.isTTY) await ask()
  else {
    process.exitCode = 1
    tellWhatToSet()
  }
} catch (error) {
  process.exitCode = 1
  const sentence = startupMessage(error)
  if (sentence === undefined) throw error
  console.error(sentence)
}

function tellWhatToSet(): void {
  console.error('npm run setup asks questions, and there is no terminal here to answer them.')
  const flaws = flawsIn(() => readConfig(settings.environment()))
  if (flaws.length === 0) return console.error('Everything that it asks for is set: npm run doctor tries it.')
  console.error(`Set this in .env or in the environment (docs/settings.md), then let npm run doctor try it:`)
  for (const flaw of flaws) console.error(flaw)
}

async function ask(): Promise<void> {
  await using ends = new AsyncDisposableStack()
  const terminal = ends.adopt(
    openTerminal(() => stop(130)),
    ({ close }) => close(),
  )
  const http = ends.adopt(createHttp(), ({ close }) => close())
  process.once('SIGINT', () => stop(130)).once('SIGTERM', () => stop(143))
  closeEnvFile('.env')
  const wantsStart = await takeSteps(settings, terminal, http.send)
  await ends.disposeAsync()
  if (wantsStart) await start()

  function stop(code: number): void {
    terminal.close()
    const kept = 'What you have entered so far is in .env, and npm run setup goes on from there.'
    console.log(settings.end() ? `\n${kept}` : '\nNothing was changed.')
    process.exit(code)
  }
}

/** What npm start runs, in the same process group, until it ends. */
async function start(): Promise<void> {
  console.log('Starting. Try /link and /liked recent in your server; Ctrl+C here stops the bot.')
  const parameters = hearsay.scripts.start.split(' ').slice(2)
  const child = spawn(process.execPath, parameters, { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.removeAllListeners(signal).on(signal, () => child.kill(signal))
  // The terminal has sent it to both, and a second one, at its very end, would kill the bot instead.
  process.removeAllListeners('SIGINT').on('SIGINT', () => undefined)
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
