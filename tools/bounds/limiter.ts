import { createRateLimiter, type LimiterStore } from '../../src/spotify/rate-limit/limiter.ts'
import { enterMeter, type MeterState } from '../../src/store/meter.ts'
import { longestPause, type Measure } from './measure.ts'

const waiting = 10_000
const atOnce = 100

export default {
  what: 'Longest pause of the event loop with 10,000 requests waiting at the limiter',
  unit: 'ms',
  bound: 100,
  async take() {
    // What other processes of the machine take is not in all of them.
    const pauses = [await pause(), await pause(), await pause()]
    return Math.min(...pauses)
  },
} satisfies Measure

async function pause(): Promise<number> {
  // So few that all the others wait; people are turned away after two seconds, what is in the background goes on.
  const limiter = createRateLimiter(storeInMemory(), 'app', { windowRequests: 50 }, 1_000)
  const { passed } = await longestPause(async () => {
    const people: Promise<unknown>[] = []
    for (let number = 0; number < waiting; number += 1) {
      const background = number % 2 === 0
      const answer = limiter.run({ purpose: 'page', background, work: async () => undefined }).catch(() => undefined)
      if (!background) people.push(answer)
      if (number % atOnce === 0) await new Promise(setImmediate)
    }
    await Promise.all(people)
  })
  return passed
}

function storeInMemory(): LimiterStore {
  const meters = new Map<string, MeterState>()
  return {
    get: async () => undefined,
    set: async () => undefined,
    async meter(name, entry) {
      const { state, reading } = enterMeter(meters.get(name), entry, Date.now())
      meters.set(name, state)
      return reading
    },
  }
}
