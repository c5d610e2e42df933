import type { Memory } from '../contestants/shelves.ts'
import { atMost, median, type Line, type Report, type Subject } from '../measure/figures.ts'
import { runFresh, startOurs } from '../measure/process.ts'
import { startSpotify } from '../measure/spotify.ts'

type Said = { readonly name: string; readonly time: number } | { readonly times: number[] }

/** Random songs, times and searches; and what libraries weigh that have been read. */
export const finding: Subject = {
  name: 'finding',
  run: async () => [await found(), await shelved()],
}

async function found(): Promise<Report> {
  const spotify = await startSpotify(60)
  const running = startOurs('bench/contestants/finding.ts', { args: [JSON.stringify(spotify)] })
  const requests: Line[] = []
  try {
    let said = await running.ask<Said>()
    while ('name' in said) {
      const { pages } = await spotify.order({ order: 'settings', delay: 60 })
      requests.push({ name: said.name, unit: pages === 1 ? 'request' : 'requests', values: [pages] })
      // The large library is read without waiting.
      if (requests.length === 4) await spotify.order({ order: 'settings', delay: 0 })
      said = await running.ask<Said>({})
    }
    return {
      title: 'Finding in 10,000 songs, and searching 40,000 that are in hand',
      lines: [...requests, { name: 'A search', unit: 'ms', values: said.times }],
      checks: [atMost('a search at the median, of which a screen shows one in 16 ms', median(said.times), 16, 'ms')],
    }
  } finally {
    await running.stop()
    await spotify.stop()
  }
}

async function shelved(): Promise<Report> {
  const weigh = (bounded: boolean) => runFresh<Memory>('bench/contestants/shelved.ts', { bounded })
  const [all, kept] = [await weigh(false), await weigh(true)]
  return {
    title: '100 libraries of 10,000 songs, read one after another',
    lines: [
      { name: 'all of them in memory', unit: 'MB', values: [all.megabytes] },
      { name: `the ${kept.kept} that are kept`, unit: 'MB', values: [kept.megabytes] },
      { name: 'a song', unit: 'bytes', values: [(all.megabytes * 2 ** 20) / all.kept / 10_000] },
    ],
    checks: [],
  }
}
