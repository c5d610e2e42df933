import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createMetrics } from '../../src/metrics.ts'

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
  }[]
}

test('every query of the dashboard and every alert names series and labels that exist', async () => {
  const { names, labels } = await exposed()
  const { panels } = JSON.parse(readFileSync('docs/grafana.json', 'utf8')) as Dashboard
  const alerts = [...readFileSync('docs/operating.md', 'utf8').matchAll(/^\s*expr: (.+)$/gm)].map(
    ([, expr = '']) => expr,
  )
  const queries = [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...alerts]
  expect(panels.length).toBeGreaterThan(10)
  expect(alerts.length).toBeGreaterThan(5)
  for (const query of queries) {
    const named = query.match(/\b(?:hearsay|nodejs|process)_\w+/g) ?? []
    expect(query === 'up{job="hearsay"} == 0' || named.length > 0, query).toBe(true)
    expect(
      named.filter((name) => !names.has(name)),
      query,
    ).toEqual([])
    expect(
      labelsIn(query).filter((label) => !labels.has(label)),
      query,
    ).toEqual([])
  }
})

test('every series of Hearsay is on the dashboard', async () => {
  const dashboard = readFileSync('docs/grafana.json', 'utf8')
  const { own } = await exposed()
  expect(own.filter((name) => !dashboard.includes(name))).toEqual([])
})

/** What one process shows: all names, those of Hearsay's series, and all labels. */
async function exposed() {
  const day = { by: { page: 1 }, limit: 1, kind: 'set' }
  const series = await createMetrics(() => ({ budgetLeft: 1, windowLeft: 1, blockedUntil: 1, day }))
  const about = { command: 'liked', kind: 'press', outcome: 'answered' } as const
  series.interaction({ ...about, acknowledgedAfter: 5, endedAfter: 5 })
  series.spotify('me', 200, 5)
  series.storeError?.('get')
  const text = await series.text()
  const names = new Set([...text.matchAll(/^(\w+)(?:\{| )/gm)].map(([, name = '']) => name))
  const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label))
  const own = [...text.matchAll(/^# TYPE (hearsay_\w+)/gm)].map(([, name = '']) => name)
  return { names, labels, own }
}

/** Labels by which a query chooses or sums; Prometheus itself adds where a sample is from. */
function labelsIn(query: string): string[] {
  const chosen = [...query.matchAll(/[{,]\s*(\w+)\s*=/g)].map(([, label = '']) => label)
  const summed = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
  return [...chosen, ...summed].filter((label) => label !== 'job' && label !== 'instance')
}
