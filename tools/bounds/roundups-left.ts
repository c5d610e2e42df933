import { askAgainAndAgain } from '../roundups-again.ts'
import type { Measure } from './measure.ts'

export default {
  what: 'Time until a leave is in force in a server with as many roundups as it can have',
  unit: 'ms',
  bound: 500,
  async take() {
    const asked = await askAgainAndAgain(62)
    const begun = performance.now()
    await asked.leave()
    const taken = performance.now() - begun
    await asked.close()
    return taken
  },
} satisfies Measure
