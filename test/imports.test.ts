import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Which room may import which. "type" before a name: its types only. A room is a file or folder of src. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  fingerprint: [],
  http: [],
  log: [],
  config: [],
  store: [],
  spotify: ['http'],
  metrics: ['http', 'spotify', 'store'],
  accounts: ['spotify', 'store', 'errors'],
  library: ['accounts', 'spotify', 'errors'],
  sharing: ['type accounts', 'store'],
  // A wait that Spotify asks for is told from a fault by its class.
  roundups: ['library', 'accounts', 'store', 'spotify'],
  scheduler: [],
  gates: ['fingerprint', 'type metrics', 'type spotify', 'type store'],
  weekly: ['type app', 'type log', 'type metrics', 'type roundups', 'scheduler'],
  look: ['accounts', 'errors', 'type library', 'type sharing', 'spotify', 'store'],
  saving: ['type accounts', 'spotify', 'type web'],
  explain: ['accounts', 'bot', 'errors', 'metrics', 'spotify', 'store', 'web'],
  web: ['type app', 'accounts', 'errors', 'fingerprint', 'http', 'type log'],
  bot: [
    ...['type app', 'errors', 'fingerprint', 'type log', 'type library', 'type look'],
    ...['type metrics', 'type roundups', 'type saving', 'type spotify', 'type web'],
  ],
  commands: ['type app', 'bot', 'errors'],
  app: [
    ...['accounts', 'bot', 'config', 'explain', 'gates', 'http', 'library', 'log', 'look', 'metrics'],
    ...['roundups', 'saving', 'sharing', 'spotify', 'store', 'web', 'weekly'],
  ],
  doctor: ['accounts', 'config', 'http', 'store', 'web'],
  keys: ['accounts', 'config', 'explain', 'store'],
  main: ['app', 'config', 'explain', 'log', 'sandbox'],
  sandbox: [],
}

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
  readonly file: string
}

const files = globSync(['src/**/*.ts', 'commands/*.ts', 'sandbox/**/*.{ts,js}'])
const imports = files.flatMap(importsOf).filter(({ from, to }) => from !== to)

describe('the import arrows', () => {
  test('every room stands in the table', () => {
    expect([...new Set(files.map(roomOf))].toSorted()).toEqual(Object.keys(arrows).toSorted())
  })

  test.each(Object.entries(arrows))('%s imports only what it may', (room, allowed) => {
    const wrong = imports
      .filter(({ from }) => from === room)
      .filter(({ to, typeOnly }) => !allowed.includes(to) && !(typeOnly && allowed.includes(`type ${to}`)))
    expect(wrong.map(({ file, to }) => `${file} -> ${to}`)).toEqual([])
  })

  test('commands take only their types, the formatting and the answers made of it from the bot', () => {
    const taken = imports.filter(({ from, to }) => from === 'commands' && to === 'bot').map(({ file }) => file)
    const targets = globSync('commands/*.ts').flatMap((file) =>
      pathsIn(file).filter((path) => path.startsWith('src/bot/')),
    )
    expect(taken.length).toBeGreaterThan(0)
    for (const target of targets)
      expect(target).toMatch(/^src\/bot\/(command|songs|roundups|renewal)\.ts$|^src\/bot\/format\//)
  })

  test('only the process begins the sandbox, and it does so at run time', () => {
    const static_ = files
      .filter((file) => !file.startsWith('sandbox'))
      .filter((file) => /from '[^']*sandbox/.test(readFileSync(file, 'utf8')))
    expect(static_).toEqual([])
  })
})

function importsOf(file: string): Import[] {
  const source = readFileSync(file, 'utf8')
  const found = source.matchAll(/(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'(\.[^']+)'|import\('(\.[^']+)'\)/g)
  return [...found].map(([, , type, path, dynamic]) => ({
    file,
    from: roomOf(file),
    to: roomOf(relative('.', join(dirname(file), path ?? dynamic ?? ''))),
    typeOnly: type !== undefined,
  }))
}

function pathsIn(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  return [...source.matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) => relative('.', join(dirname(file), path)))
}

function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  return top === 'src' ? second.replace(/\.ts$/, '') : top
}
