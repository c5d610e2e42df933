import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Locked {
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }
const others = Object.entries(packages).filter(([path]) => path !== '')

test('no package runs a script when it is installed, and none could', () => {
  const withScripts = others.filter(([, { hasInstallScript }]) => hasInstallScript)
  expect(withScripts.map(([path]) => path)).toEqual([])
  expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m)
})

test('every package is taken by its hash, from the registry and from nowhere else', () => {
  const isElsewhere = (resolved = 'https://registry.npmjs.org/') => !resolved.startsWith('https://registry.npmjs.org/')
  const odd = others.filter(([, { resolved, integrity }]) => isElsewhere(resolved) || !integrity?.startsWith('sha512-'))
  expect(others.length).toBeGreaterThan(100)
  expect(odd.map(([path]) => path)).toEqual([])
})

test('every dependency is pinned to the letter, and is in the table of reasons', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >
  const all = { ...dependencies, ...devDependencies }
  expect(Object.values(all).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  const reasons = readFileSync('DECISIONS.md', 'utf8').split('\n## Dependencies\n')[1] ?? ''
  const without = Object.keys(all).filter((name) => !name.startsWith('@types/') && !reasons.includes(name))
  expect(without).toEqual([])
})
