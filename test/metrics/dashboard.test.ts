import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createMetrics } from '../../src/metrics.ts'

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
  }[]
}

const dashboard = readFileSync('docs/grafana.json', 'utf8')
const { panels } = JSON.parse(dashboard) as Dashboard
/** Each alert with its settings, by their names. */
const alerts = readFileSync('docs/alerts.yml', 'utf8')
  .split(/^ {6}- /m)
  .slice(1)
  .map((rule) => new Map(Array.from(rule.matchAll(/^ *(\w+): (.+)$/gm), ([, name = '', value = '']) => [name, value])))
const queries = [
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`panel ${title}`, expr] as const)),
  ...alerts.map((alert) => [alert.get('alert') ?? '', alert.get('expr') ?? ''] as const),
]

describe.each(queries)('%s', (_, query) => {
  test('names series, labels and values that are there from the start', async () => {
    const { values } = await exposed()
    const named = query.match(/\b(?:hearsay|nodejs|process)_\w+/g) ?? []
    expect(query === 'up{job="hearsay"} == 0' || named.length > 0).toBe(true)
    expect(named.filter((name) => !values.has(name))).toEqual([])
    for (const [, name = '', chosen = ''] of query.matchAll(/\b((?:hearsay|nodejs|process)_\w+)\{([^}]*)\}/g)) {
      for (const [, label = '', value = ''] of chosen.matchAll(/(\w+)\s*[!=]=?~?"([^"]*)"/g))
        expect([...(values.get(name)?.get(label) ?? [])]).toEqual(expect.arrayContaining(value.split('|')))
    }
    const summed = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
    const labels = new Set(named.flatMap((name) => [...(values.get(name)?.keys() ?? [])]))
    // Prometheus itself adds where a sample is from.
    expect(summed.filter((label) => !['job', 'instance'].includes(label) && !labels.has(label))).toEqual([])
  })
})

test('every alert has a name of its own, and says what people notice and what to do', () => {
  expect(alerts.length).toBeGreaterThan(10)
  expect(new Set(alerts.map((alert) => alert.get('alert'))).size).toBe(alerts.length)
  for (const alert of alerts) {
    for (const name of ['summary', 'description']) expect(alert.get(name), alert.get('alert')).toMatch(/^[^:]+\.$/)
  }
  expect(panels.length).toBeGreaterThan(10)
})

test('every series of Hearsay is on the dashboard', async () => {
  const { own } = await exposed()
  expect(own.filter((name) => !dashboard.includes(name))).toEqual([])
})

/** What a process shows before anything has happened: the values of each label by name of a series, and Hearsay's own. */
async function exposed() {
  const day = { by: { page: 1 }, limit: 1, kind: 'set' }
  const known = { budgetLeft: 1, windowLeft: 1, blockedUntil: 1, overdueRoundups: 0, day }
  const text = await (await createMetrics(() => known, ['liked'])).text()
  const values = new Map<string, Map<string, Set<string>>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const ofName = values.get(name) ?? new Map<string, Set<string>>()
    values.set(name, ofName)
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g))
      ofName.set(label, (ofName.get(label) ?? new Set()).add(value))
  }
  const own = [...text.matchAll(/^# TYPE (hearsay_\w+)/gm)].map(([, name = '']) => name)
  return { values, own }
}
