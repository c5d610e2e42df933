import { runConcurrently } from '../../../src/concurrency.ts'
import { personOf } from '../../servers/interactions.ts'
import { openProgram } from '../program.ts'
import { linkTo } from '../rooms.ts'

// Links people before the program itself starts on the same store.
const { people, account } = JSON.parse(process.argv[2] ?? '{}') as { people: number; account: string }
const { app, close } = await openProgram()
const numbers = Array.from({ length: people }, (_, number) => number)
await runConcurrently(numbers, 8, (number) => linkTo(app.accounts, app.spotify, account, personOf(number)))
await close()
process.send?.({ linked: people })
