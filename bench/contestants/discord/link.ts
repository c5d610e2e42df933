import { loadCommands } from '../../../src/bot/load.ts'
import { build } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { createHttp } from '../../../src/http.ts'
import { openStore } from '../../../src/store/open.ts'
import { personOf } from '../../servers/interactions.ts'
import { linkTo } from '../rooms.ts'

// Links people before the program itself starts on the same store.
const { people, account } = JSON.parse(process.argv[2] ?? '{}') as { people: number; account: string }
const config = readConfig(process.env)
const store = await openStore(config.store)
const http = createHttp()
const commands = await loadCommands(new URL('../../../commands/', import.meta.url))
const { accounts, spotify } = await build(config, store, http.send, commands)
for (let person = 0; person < people; person += 1) await linkTo(accounts, spotify, account, personOf(person))
await http.close()
await store.close()
process.send?.({ linked: people })
