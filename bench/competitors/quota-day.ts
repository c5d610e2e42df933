import type { WeekOptions } from '../quota-day/week.ts'
import { takeOverTime } from '../clock.ts'

// A week of five people within seconds: time is taken over before the program is loaded.
const time = takeOverTime()
// The program's own waits keep no process alive.
const awake = setInterval(() => undefined, 1_000)
const { live } = await import('../quota-day/week.ts')
process.send?.(await live(time, JSON.parse(process.argv[2] ?? '{}') as WeekOptions))
clearInterval(awake)
