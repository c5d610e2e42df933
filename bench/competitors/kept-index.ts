import { takeOverTime } from '../clock.ts'

// Time is taken over before the program is loaded, so that what it keeps can expire.
const time = takeOverTime()
const awake = setInterval(() => undefined, 1_000)
const { measureKept } = await import('../quota-day/kept.ts')
process.send?.(await measureKept(time))
clearInterval(awake)
