import { REST } from 'discord.js'
import { build } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createPublisher } from '../src/discord/publisher.ts'
import { loadCommands } from '../src/discord/load.ts'
import { createHttp, type Http } from '../src/http.ts'
import { createLog } from '../src/log.ts'
import { openStore } from '../src/store/open-store.ts'
import type { Store } from '../src/store/store.ts'

/** The parts of the program as an environment says, without Discord. `over` is put over the store. */
export async function openApp(env: NodeJS.ProcessEnv, over: (store: Store) => Store = (store) => store, send?: Http) {
  const config = readConfig(env)
  const store = await openStore(config.store)
  const http = createHttp()
  const commands = await loadCommands(new URL('../commands/', import.meta.url))
  const publisher = createPublisher(new REST({ api: config.discord.apiUrl }), createLog('silent'))
  const app = await build(config, over(store), send ?? http.send, commands, publisher)
  return { app, commands, store, close }

  async function close(): Promise<void> {
    await app.library.close()
    await app.spotify.flush()
    await http.close()
    await store.close()
  }
}
