import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCommands } from '../src/discord/load.ts'

const real = new URL('../commands/', import.meta.url)
const loader = new URL('folder-loader.ts', import.meta.url).pathname

describe('the commands of Hearsay', async () => {
  const commands = await loadCommands(real)

  test('every file is one', () => {
    expect([...commands.keys()]).toEqual(readdirSync(real).map((file) => file.replace('.ts', '')))
    for (const [name, { data }] of commands) {
      const subcommands = (data.options ?? [])
        .filter(({ type }) => type === ApplicationCommandOptionType.Subcommand)
        .map((option) => option.name)
      const files = subcommands.length > 0 ? readdirSync(new URL(`${name}/`, real)) : []
      expect(subcommands.toSorted()).toEqual(
        files.filter((file) => file !== 'command.ts').map((file) => file.replace('.ts', '')),
      )
    }
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
  const fits = command('songs')
  const cases: readonly (readonly [name: string, source: string, said: RegExp])[] = [
    ['a command fits', fits, /^good songs$/],
    ['a misnamed file', command('song'), /holds a command called "song"/],
    [
      'no description of an option',
      command('songs', "options: [{ type: 4, name: 'count' }, { type: 4, name: 'page' }]"),
      /has no description: put "option\.page" into locales\/en-US\.json/,
    ],
    ['no execute', fits.replace('execute:', 'walk:'), /has no execute function/],
    [
      'no word about who sees it',
      fits.replace('ephemeral:', 'secret:'),
      /does not say whether its answers are ephemeral/,
    ],
    ['no word about what it changes', fits.replace('readOnly:', 'quiet:'), /does not say whether it is readOnly/],
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
      writeFileSync(join(folder, 'good.ts'), command('good'))
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

function command(name: string, rest = ''): string {
  return `export default { data: { name: '${name}', ${rest} }, ephemeral: true, readOnly: true, execute: async () => undefined }`
}

describe('a folder in it is a command with subcommands', () => {
  const group = "export default { data: { name: 'songs' } }"
  const inFolder = async (files: Readonly<Record<string, string>>) => {
    const parent = mkdtempSync(join(tmpdir(), 'hearsay-commands-'))
    mkdirSync(join(parent, 'songs'))
    for (const [name, source] of Object.entries(files)) writeFileSync(join(parent, 'songs', name), source)
    const output = execFileSync(process.execPath, [loader, parent], { encoding: 'utf8' })
    rmSync(parent, { recursive: true })
    return JSON.parse(output) as string
  }

  test('its files are the subcommands', async () => {
    const files = { 'command.ts': group, 'old.ts': command('old', 'type: 1') }
    expect(await inFolder(files)).toBe('songs')
  })

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['without command.ts', { 'old.ts': command('old') }, /^commands\/songs\/command\.ts cannot be loaded/],
    ['without subcommands', { 'command.ts': group }, /^commands\/songs holds no subcommand/],
    [
      'with a misnamed one',
      { 'command.ts': group, 'old.ts': command('new') },
      /^commands\/songs\/old\.ts holds a command called "new"/,
    ],
    [
      'with one without a description',
      { 'command.ts': group, 'odd.ts': command('odd') },
      /^commands\/songs\/odd\.ts has no description: put "command\.songs\.odd" into locales\/en-US\.json/,
    ],
    [
      'with one that does nothing',
      { 'command.ts': group, 'old.ts': group.replace('songs', 'old') },
      /^commands\/songs\/old\.ts has no execute function/,
    ],
  ])('one %s stops the start with the name of the file', async (_, files, expected) => {
    expect(await inFolder(files)).toMatch(expected)
  })
})
