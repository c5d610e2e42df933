import { runConcurrently } from '../../src/concurrency.ts'
import { openApp } from '../app.ts'
import { linkTo } from '../library.ts'
import { personOf } from '../servers/interactions.ts'

// Links people before the program itself starts on the same store.
const { people, account } = JSON.parse(process.argv[2] ?? '{}') as { people: number; account: string }
const { app, close } = await openApp(process.env)
const numbers = Array.from({ length: people }, (_, number) => number)
await runConcurrently(numbers, 8, (number) => linkTo(app.accounts, app.spotify, personOf(number), account))
await close()
process.send?.({ linked: people })
