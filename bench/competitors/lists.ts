import { takeOverTime } from '../clock.ts'

// What is in hand gets old within seconds: time is taken over before the program is loaded.
const time = takeOverTime()
// The program's own waits keep no process alive.
const awake = setInterval(() => undefined, 1_000)
const { requestsOfLists } = await import('../lists/requests.ts')
process.send?.(await requestsOfLists(time))
clearInterval(awake)
