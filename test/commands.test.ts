import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApplicationCommandType } from 'discord.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCommands } from '../src/discord/load.ts'

const real = new URL('../commands/', import.meta.url)
const loader = new URL('folder-loader.ts', import.meta.url).pathname

describe('the commands of Hearsay', async () => {
  const commands = await loadCommands(real)

  test('every file is one', () => {
    expect([...commands.keys()]).toEqual(readdirSync(real).map((file) => file.replace('.ts', '')))
    expect(commands.size).toBeGreaterThan(0)
  })

  test.for([...commands])(
    '/%s says what it is and where it may be used',
    ([name, { data, contextMenus: menu = {} }]) => {
      expect(data.name).toBe(name)
      if (data.type === undefined || data.type === ApplicationCommandType.ChatInput)
        expect(data).toHaveProperty('description', expect.stringMatching(/./))
      for (const told of [data, ...Object.values(menu).map((entry) => entry.data)]) {
        expect(told.contexts?.length).toBeGreaterThan(0)
        expect(told.integration_types?.length).toBeGreaterThan(0)
      }
    },
  )
})

describe('a folder of commands', () => {
  const fits = command('songs', "description: 'Shows songs'")
  const cases: readonly (readonly [name: string, source: string, said: RegExp])[] = [
    ['a command fits', fits, /^good songs$/],
    ['a context menu needs no description', command('songs', 'type: 2'), /^good songs$/],
    ['a misnamed file', command('song', "description: 'Shows songs'"), /holds a command called "song"/],
    ['no description', command('songs', ''), /has no description/],
    ['an empty description', command('songs', "description: ''"), /has no description/],
    ['no run', fits.replace('run:', 'walk:'), /has no run function/],
    ['no word about who sees it', fits.replace('private:', 'secret:'), /does not say whether its answers are private/],
    ['no default export', 'export const data = {}', /has no default export/],
    ['a syntax error', 'export default {\n  data: ]', /cannot be loaded: .*songs\.ts:2[^]*Expression expected/],
    ['an import of what is not there', "import '../nowhere.ts'", /cannot be loaded: .*Cannot find module/],
    ['an import that throws', "throw new Error('the moon is full')", /cannot be loaded: Error: the moon is full$/],
    ['what is thrown is no error', "throw 'the moon is full'", /cannot be loaded: the moon is full$/],
  ]
  let parent: string
  let said: string[]
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), 'hearsay-commands-'))
    const folders = cases.map(([, source], place) => {
      const folder = join(parent, `Anas Büro, 50% #${place}`)
      mkdirSync(folder)
      writeFileSync(join(folder, 'good.ts'), command('good', "description: 'Does good'"))
      writeFileSync(join(folder, 'songs.ts'), source)
      return folder
    })
    const output = execFileSync(process.execPath, [loader, ...folders], { encoding: 'utf8' })
    said = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string)
  })
  afterAll(() => rmSync(parent, { recursive: true }))

  test.for(cases.map(([name, , expected], place) => ({ name, expected, place })))('$name', ({ expected, place }) => {
    expect(said[place]).toMatch(expected)
    if (!expected.source.startsWith('^')) expect(said[place]).toMatch(/^commands\/songs\.ts /)
  })
})

function command(name: string, rest: string): string {
  return `export default { data: { name: '${name}', ${rest} }, private: true, run: async () => undefined }`
}
