import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { build } from '../../src/app.ts'
import { createBot } from '../../src/discord/bot.ts'
import { createClient } from '../../src/discord/client.ts'
import { steadyShards } from '../../src/discord/gateway.ts'
import { createWaits } from '../../src/discord/waits.ts'
import { createPublisher } from '../../src/discord/publisher.ts'
import type { LoadedCommand } from '../../src/discord/load.ts'
import { readConfig } from '../../src/config.ts'
import { createHttp } from '../../src/http.ts'
import type { Log } from '../../src/log.ts'
import { InvalidClientError } from '../../src/spotify/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { createPlayer, messageOf } from '../world/world.ts'

const failures: Record<string, () => Error> = {
  stumble: () => new TypeError('x is not a function'),
  misled: () => new InvalidClientError('POST /api/token answered 400'),
}
const lines: { reference?: string; interaction?: string; command?: string; says: string }[] = []
const ends: (() => Promise<unknown>)[] = []
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
  const config = readConfig(sandbox.env)
  const [store, http] = [await openStore(config.store), createHttp()]
  const commands = new Map(Object.entries(failures).map(([name, failure]) => [name, failing(name, failure)]))
  const note = (details: object, says: string) => void lines.push({ ...details, says })
  const quiet = () => undefined
  const log = { info: quiet, debug: quiet, error: note } as unknown as Log
  const responses = new Map()
  const client = createClient(config.discord, responses, null, steadyShards(log))
  const app = await build(config, store, http.send, commands, createPublisher(client.rest, log))
  const bot = createBot(client, config.discord, { commands, app, responses, waits: createWaits(log) }, log)
  await bot.start()
  ends.push(bot.stop, http.close, () => store.close(), sandbox.close)
})
afterAll(async () => {
  for (const end of ends) await end()
})

test.each([
  ['stumble', /^Something went wrong \(ref ([\da-f]{4})\)\./, /please report this line/],
  ['misled', /Your connection is safe.* \(ref ([\da-f]{4})\)$/, /check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET/],
])('the reference that Ana is shown for /%s is in the operator’s line, with what to do', async (name, shown, fix) => {
  const { content } = messageOf(await createPlayer(sandbox, 'ana').uses(name))
  const [, reference] = shown.exec(content) ?? []
  const line = lines.splice(0)
  expect(line).toEqual([
    expect.objectContaining({
      reference,
      command: name,
      interaction: expect.stringMatching(/^\d+$/),
      says: expect.stringMatching(fix),
    }),
  ])
})

function failing(name: string, failure: () => Error): LoadedCommand {
  const execute = async (): Promise<never> => {
    throw failure()
  }
  const data = { name, description: 'Fails', contexts: [0], integration_types: [0] }
  const command = { data, ephemeral: true, readOnly: true, execute }
  return { data, files: [`commands/${name}.ts`], find: () => command }
}
