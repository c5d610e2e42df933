import { REST } from 'discord.js'
import { build } from '../../src/app.ts'
import type { App } from '../../src/context.ts'
import { createPublisher } from '../../src/discord/publisher.ts'
import { loadCommands, type Commands } from '../../src/discord/load.ts'
import { readConfig } from '../../src/config.ts'
import { createHttp } from '../../src/http.ts'
import { createLog } from '../../src/log.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'

/** The rooms of the program as this process's environment says, without Discord. */
export async function openProgram(
  over: (store: Store) => Store = (store) => store,
): Promise<{ readonly app: App; readonly commands: Commands; close(): Promise<void> }> {
  const config = readConfig(process.env)
  const store = await openStore(config.store)
  const http = createHttp()
  const commands = await loadCommands(new URL('../../commands/', import.meta.url))
  const courier = createPublisher(new REST({ api: config.discord.apiUrl }), createLog('silent'))
  return {
    commands,
    app: await build(config, over(store), http.send, commands, courier),
    async close() {
      await http.close()
      await store.close()
    },
  }
}
