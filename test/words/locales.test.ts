import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Locale } from 'discord.js'
import { afterEach, describe, expect, test } from 'vitest'
import { loadCommands } from '../../src/discord/load.ts'
import { startupMessage } from '../../src/error-messages.ts'
import { createLanguages, describe as describeInEnglish, type MessageKey } from '../../src/i18n.ts'
import { findLocaleFiles, LocaleError, matchLocale } from '../../src/locale-files.ts'

const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** A folder with files of words, as an operator may have. */
async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearsay-locales-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return folder
}

const all = 'en-US en-GB de fr es-ES es-419 pt-BR it nl pl sv-SE tr uk ja ko zh-CN'.split(' ')

describe('which language a browser gets', () => {
  test.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-de', 'de'],
    ['en', 'en-US'],
    ['en-US', 'en-US'],
    ['en-GB', 'en-GB'],
    ['en-AU', 'en-GB'],
    ['es', 'es-ES'],
    ['es-MX', 'es-419'],
    ['es-419', 'es-419'],
    ['pt', 'pt-BR'],
    ['pt-PT', 'pt-BR'],
    ['sv', 'sv-SE'],
    ['zh', 'zh-CN'],
    ['zh-Hans-SG', 'zh-CN'],
    // Traditional characters are another script.
    ['zh-TW', undefined],
    ['tlh, de', 'de'],
    ['xx, *', undefined],
    ['not a tag', undefined],
    ['', undefined],
  ])('%j is %j', (tags, name) => {
    expect(matchLocale(all, tags.split(', '))).toBe(name)
  })
})

test('a language with some words speaks English for the rest, key by key', async () => {
  const folder = await folderWith({ 'xx.json': { bots: 'Xx bots.', 'liked.songs_other': '{{count, number}} xx' } })
  const t = createLanguages({ folder }).memo('xx')
  expect([t('bots'), t('liked.songs', { count: 2 }), t('liked.country')]).toEqual([
    'Xx bots.',
    '2 xx',
    createLanguages().memo('en-US')('liked.country'),
  ])
})

test('what somebody reads that there are no words for is told in the language that the operator has chosen', async () => {
  const folder = await folderWith({ 'xx.json': { bots: 'Xx bots.' } })
  const languages = createLanguages({ folder, fallback: 'xx' })
  expect(languages.memo('tlh')('bots')).toBe('Xx bots.')
  expect(languages.match(['tlh', 'eo'])('bots')).toBe('Xx bots.')
  expect(() => createLanguages({ fallback: 'tlh' })).toThrow(
    /^DEFAULT_LOCALE names a language that I have no words for/,
  )
})

test('a folder that is not there and a file that is no words stop the start, and say what to do', async () => {
  expect(() => findLocaleFiles('/nowhere/at/all')).toThrow(/^The folder that LOCALES_DIR names cannot be read/)
  expect(startupMessage(new LocaleError('Correct it.'))).toBe('Correct it.')
  for (const content of ['{', '[1]', '{"bots": 1}']) {
    const folder = await folderWith({ 'xx.json': content })
    expect(() => createLanguages({ folder }).others(), content).toThrow(LocaleError)
  }
  const folder = await folderWith({ 'en-US.json': '{' })
  expect(() => createLanguages({ folder }).others()).toThrow(`${folder}/en-US.json, in LOCALES_DIR, is no JSON object`)
})

test('files and keys of the operator’s folder that nobody reads are named', async () => {
  const known = Object.values(Locale)
  const good = { 'en-US.json': { bots: 'Robots.', 'button.seeAll_many': 'All.' }, 'notes.txt': 'Mine.' }
  expect(createLanguages({ folder: await folderWith(good) }).withoutEffect(known)).toEqual([])
  const folder = await folderWith({
    'de_DE.json': {},
    'pl.json': { 'button.seeAll_few': '{{count}}', bots: 'Boty.', robots: '', a: '', b: '', c: '' },
    'xx.json': {},
    'yy.json': {},
  })
  const said = createLanguages({ folder, fallback: 'xx' }).withoutEffect(known)
  expect(said.toSorted()).toEqual([
    expect.stringMatching(/^de_DE\.json in LOCALES_DIR has no name that Discord has/),
    expect.stringMatching(/^pl\.json in LOCALES_DIR has keys that mean nothing \(robots, a, b and 1 more\)/),
    expect.stringMatching(/^yy\.json in LOCALES_DIR has no name that Discord has/),
  ])
  expect(createLanguages().withoutEffect(known)).toEqual([])
})

test('Discord is told of commands, options and choices in each language that it knows', async () => {
  const words = { 'command.liked.recent': 'Da recent', 'option.member': 'Da member', 'choice.Monday': 'Mandag' }
  const folder = await folderWith({ 'da.json': words, 'xx.json': { 'command.liked.recent': 'Xx recent' } })
  const languages = createLanguages({ folder })
  const commands = await loadCommands(
    new URL('../../commands/', import.meta.url),
    describeInEnglish,
    languages.others(),
  )
  const told = JSON.stringify([...commands.values()].map(({ data }) => data))
  for (const text of Object.values(words)) expect(told).toContain(`"da":"${text}"`)
  expect(told).not.toContain('Xx recent')
  expect(languages.memo('da').describe('command.liked.recent')).toBe('Da recent')
  expect(languages.memo('da').describe('command.liked.search')).toBe(describeInEnglish('command.liked.search'))
  expect(languages.memo('da').describe('command.nothing' satisfies string as MessageKey)).toBe('')
})
