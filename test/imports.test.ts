import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * Which part of the program may import which, types included. A part is a file or folder of src. Every arrow leads down:
 * what a part may import comes later in this table.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  main: [
    ...['app', 'config', 'connection-messages', 'config-rules', 'error-messages', 'log', 'settings-file'],
    'sandbox',
  ],
  app: [
    'i18n',
    ...['access', 'accounts', 'config', 'context', 'discord', 'http', 'http-log', 'crypto', 'library', 'linking'],
    ...['log', 'metrics', 'questions', 'reminders', 'roundups', 'sharing', 'spotify', 'store', 'views', 'web'],
  ],
  doctor: [
    'accounts',
    'config',
    'connection-messages',
    'crypto',
    'error-messages',
    'errors',
    'http',
    'i18n',
    'linking',
    'settings-file',
    'listening',
    'locale-files',
    'spotify',
    'store',
    'package.json',
  ],
  setup: [
    ...['accounts', 'config', 'doctor', 'error-messages', 'errors', 'http', 'linking', 'settings-file', 'store'],
    'package.json',
  ],
  keys: ['accounts', 'config', 'crypto', 'error-messages', 'errors', 'settings-file', 'store'],
  backup: [
    ...['accounts', 'config', 'crypto', 'error-messages', 'errors', 'reminders', 'roundups', 'settings-file'],
    ...['store', 'package.json'],
  ],
  web: ['i18n', 'config', 'context', 'discord', 'error-messages', 'errors', 'linking', 'listening', 'log', 'store'],
  linking: [
    'i18n',
    'accounts',
    'config',
    'context',
    'crypto',
    'error-messages',
    'errors',
    'http',
    'log',
    'oauth-client',
    'store',
  ],
  discord: [
    'i18n',
    ...[
      'accounts',
      'command',
      'config',
      'connection-messages',
      'context',
      'crypto',
      'error-messages',
      'errors',
      'log',
      'metrics',
      'reminders',
      'roundups',
      'store',
    ],
    'views',
  ],
  commands: ['i18n', 'command', 'context', 'errors', 'views'],
  views: [
    ...['i18n', 'access', 'accounts', 'command', 'context', 'error-messages', 'errors', 'library', 'questions'],
    ...['reminders', 'roundups', 'spotify'],
  ],
  command: ['i18n', 'context', 'roundups'],
  context: [
    'i18n',
    ...[
      'access',
      'accounts',
      'crypto',
      'errors',
      'library',
      'metrics',
      'questions',
      'reminders',
      'roundups',
      'sharing',
    ],
    ...['spotify', 'store'],
  ],
  'connection-messages': [],
  'error-messages': ['i18n', 'accounts', 'crypto', 'errors', 'locale-files', 'log', 'spotify', 'store'],
  access: ['accounts', 'concurrency', 'crypto', 'errors', 'library', 'questions', 'sharing', 'spotify', 'store'],
  reminders: ['accounts', 'crypto', 'roundups', 'store'],
  sharing: ['accounts', 'questions', 'store'],
  questions: ['accounts', 'crypto', 'errors', 'store'],
  roundups: ['accounts', 'concurrency', 'crypto', 'errors', 'library', 'log', 'metrics', 'spotify', 'store'],
  library: ['accounts', 'concurrency', 'errors', 'spotify'],
  accounts: ['concurrency', 'crypto', 'errors', 'spotify', 'store'],
  metrics: ['listening'],
  'oauth-client': ['http'],
  spotify: ['concurrency', 'config', 'crypto', 'http', 'metrics', 'oauth-client', 'store'],
  store: ['errors'],
  http: ['errors'],
  'http-log': ['connection-messages', 'http', 'log'],
  concurrency: [],
  crypto: ['errors'],
  config: ['config-rules', 'errors'],
  'config-rules': ['config-values', 'crypto'],
  'config-values': ['store'],
  'settings-file': ['errors'],
  errors: ['i18n'],
  i18n: ['locale-files', 'locales'],
  'locale-files': [],
  listening: ['errors'],
  log: [],
  sandbox: [],
}

interface Import {
  readonly from: string
  readonly to: string
  readonly file: string
}

const files = globSync(['src/**/*.ts', 'commands/**/*.ts', 'sandbox/**/*.{ts,js}'])
const imports = files.flatMap(importsOf).filter(({ from, to }) => from !== to)

describe('the import arrows', () => {
  test('every part is in the table', () => {
    expect([...new Set(files.map(partOf))].toSorted()).toEqual(Object.keys(arrows).toSorted())
  })

  test.each(Object.entries(arrows))('%s imports only what it may', (part, allowed) => {
    const wrong = imports.filter(({ from, to }) => from === part && !allowed.includes(to))
    expect(wrong.map(({ file, to }) => `${file} -> ${to}`)).toEqual([])
  })

  test('no part imports itself through others, types included', () => {
    expect(circlesIn(imports.map(({ from, to }) => [from, to]))).toEqual([])
  })

  test('no file imports itself through others, types included', () => {
    const program = files.filter((file) => !file.startsWith('sandbox'))
    const links = program.flatMap((file) => pathsIn(file).map((to) => [file, to] as const))
    expect(circlesIn(links)).toEqual([])
  })

  test('only the process begins the sandbox, and it does so at run time', () => {
    const static_ = files
      .filter((file) => !file.startsWith('sandbox'))
      .filter((file) => /from '[^']*sandbox/.test(readFileSync(file, 'utf8')))
    expect(static_).toEqual([])
  })
})

describe('names', () => {
  const sources = files.filter((file) => file.startsWith('src/'))

  test('no type is declared twice in src', () => {
    const declared = sources.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:export )?(?:interface|type|class) (\w+)/gm)].map(
        ([, name = '']) => name,
      ),
    )
    expect(twiceIn(declared)).toEqual([])
  })

  test('a file name that repeats in src means the same thing each time', () => {
    const names = sources.filter((file) => !file.startsWith('src/doctor/')).map((file) => file.split('/').at(-1) ?? '')
    expect(twiceIn(names).filter((name) => !['main.ts', 'errors.ts', 'client.ts', 'store.ts'].includes(name))).toEqual(
      [],
    )
  })

  test('no file of src or commands has more than 200 lines', () => {
    const long = files
      .filter((file) => !file.startsWith('sandbox'))
      .filter((file) => readFileSync(file, 'utf8').split('\n').length > 201)
    expect(long).toEqual([])
  })
})

/** A path from each node that leads back to it. */
function circlesIn(links: readonly (readonly [string, string])[]): string[] {
  const next = new Map<string, Set<string>>()
  for (const [from, to] of links) next.set(from, (next.get(from) ?? new Set()).add(to))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node)
    if (at >= 0) return void circles.push([...path.slice(at), node].join(' -> '))
    if (done.has(node)) return
    for (const to of next.get(node) ?? []) visit(to, [...path, node])
    done.add(node)
  }
  for (const node of next.keys()) visit(node, [])
  return circles
}

function twiceIn(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].toSorted()
}

function importsOf(file: string): Import[] {
  return pathsIn(file).map((path) => ({ file, from: partOf(file), to: partOf(path) }))
}

function pathsIn(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)
  return [...found].map(([, path = '']) => relative('.', join(dirname(file), path)))
}

function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  return top === 'src' ? second.replace(/\.ts$/, '') : top
}
