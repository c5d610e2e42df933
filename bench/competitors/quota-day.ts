import type { WeekOptions } from '../quota-day/week.ts'
import { takeOverTime } from '../clock.ts'

// A week passes within seconds, and what is kept expires: time is taken over before the program is loaded.
const time = takeOverTime()
// The program's own waits keep no process alive.
const awake = setInterval(() => undefined, 1_000)
const { live } = await import('../quota-day/week.ts')
const { measureKept } = await import('../quota-day/kept.ts')
const options = JSON.parse(process.argv[2] ?? '{}') as WeekOptions | { readonly kept: true }
process.send?.('kept' in options ? await measureKept(time) : await live(time, options))
clearInterval(awake)
