import { askAgainAndAgain } from '../roundups-again.ts'
import type { Measure } from './measure.ts'

export default {
  what: 'Store after 1,000 /roundup now in a server of 100 members',
  unit: 'MB',
  bound: 8,
  async take() {
    const asked = await askAgainAndAgain(1_000)
    const bytes = await asked.bytes()
    await asked.close()
    return bytes / 2 ** 20
  },
} satisfies Measure
