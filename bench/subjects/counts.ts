import { atMost, exactly, type Report, type Subject } from '../measure/figures.ts'
import { startOurs } from '../measure/process.ts'
import { startSpotify } from '../measure/spotify.ts'
import type { Count, Order } from '../servers/spotify.ts'

interface Counted {
  readonly after: number
  readonly time: number
  readonly sync: Count
  readonly exact: boolean
  readonly answered: number
  readonly expired: Count
}

/** What following a library and an expired token cost in requests. */
export const counts: Subject = {
  name: 'counts',
  async run() {
    const spotify = await startSpotify(60)
    const input = { apiUrl: spotify.apiUrl, accountsUrl: spotify.accountsUrl, account: 'ana-10000' }
    const running = startOurs('bench/contestants/counts.ts', { args: [JSON.stringify(input)] })
    try {
      let said = await running.ask<Order | Counted>()
      while ('order' in said) said = await running.ask<Order | Counted>(await spotify.order(said))
      return [followed(said), refreshed(said)]
    } finally {
      await running.stop()
      await spotify.stop()
    }
  },
}

function followed({ sync, time, after, exact }: Counted): Report {
  return {
    title: 'Then 3 saves and 1 removal in 10,000 songs',
    lines: [{ name: 'until it is known again', unit: 's', values: [time / 1000] }],
    checks: [
      atMost('requests', sync.pages, 10),
      exactly('songs known', [after], 10_002),
      exactly('exact, all of them searched', [Number(exact)], 1),
    ],
  }
}

function refreshed({ answered, expired }: Counted): Report {
  return {
    title: '50 calls on an expired token, every refresh token good once',
    lines: [{ name: 'requests refused before that is known', unit: '', values: [expired.refused] }],
    checks: [exactly('refreshes', [expired.refreshes], 1), exactly('answered', [answered], 50)],
  }
}
