import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import english from '../../locales/en-US.json' with { type: 'json' }
import { findLocaleFiles } from '../../src/locale-files.ts'
import { longestOf, mostFor, placeholdersOf } from './room.ts'

const { names, read } = findLocaleFiles()
const others = names.filter((name) => name !== 'en-US')
const isPlural = /_(?:one|other)$/
/** With all plural forms of a language in place of the two of English. */
const keysIn = (locale: string): string[] => {
  const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
  const inAll = (key: string): string[] =>
    isPlural.test(key) ? forms.map((form) => key.replace(isPlural, `_${form}`)) : [key]
  return [...new Set(Object.keys(english).flatMap(inAll))]
}
const said: Readonly<Record<string, string>> = english
/** What a key of any plural form says in English. */
const englishOf = (key: string): string =>
  said[key] ?? said[key.replace(/_[a-z]+$/, '_other')] ?? expect.unreachable(key)
/** Of what may be in it, which a form for one alone may leave out. */
const fullOf = (key: string): string => said[key.replace(/_[a-z]+$/, '_other')] ?? englishOf(key)

test('there are the languages that the documents name', () => {
  const listed = readFileSync(new URL('../../locales/glossary.md', import.meta.url), 'utf8')
  for (const name of others) expect(listed).toContain(`## ${name}`)
})

describe.each(others)('%s', (locale) => {
  const words = Object.entries(read(locale))

  test('says everything, in every plural form, and nothing else', () => {
    expect(words.map(([key]) => key).toSorted()).toEqual(keysIn(locale).toSorted())
  })

  test('puts in what English puts in', () => {
    // "The only song" needs no number; where the form is for 21 as well, it does.
    const isOdd = ([key, text]: [string, string]): boolean => {
      const given = new Set(placeholdersOf(text))
      const wanted = placeholdersOf(englishOf(key)).filter((name) => name !== 'count' || !/_[a-z]+$/.test(key))
      return !given.isSubsetOf(new Set(placeholdersOf(fullOf(key)))) || !wanted.every((name) => given.has(name))
    }
    expect(words.filter(isOdd)).toEqual([])
    // In more than one form there is no telling without the number.
    const bare = words.filter(
      ([key, text]) => /_(?:few|many|other)$/.test(key) && fullOf(key).includes('{{count') && !text.includes('{{count'),
    )
    expect(bare).toEqual([])
  })

  test('writes values as English does, and nothing else in braces', () => {
    const inBraces = (text: string): string[] => [...new Set(text.match(/\{\{[^}]*\}\}/g))].toSorted()
    const isOdd = ([key, text]: [string, string]): boolean => inBraces(text).some((one) => !fullOf(key).includes(one))
    expect(words.filter(isOdd)).toEqual([])
    expect(words.filter(([, text]) => /[{}]/.test(text.replace(/\{\{[^}]*\}\}/g, '')))).toEqual([])
  })

  test('names the same commands, as they are typed', () => {
    const named = (text: string): string[] => [...new Set(text.match(/`[^`]*`/g))].toSorted()
    expect(words.filter(([key, text]) => named(text).join() !== named(englishOf(key)).join())).toEqual([])
  })

  test('fits where it is shown, with the longest values', () => {
    expect(
      words.filter(([key, text]) => longestOf(text) > mostFor(key)).map(([key, text]) => [key, text.length]),
    ).toEqual([])
  })

  test('is written as we write', () => {
    const isOdd = (text: string): boolean =>
      text !== text.trim() || text === '' || /[!！¡]|\p{Emoji_Presentation}/u.test(text) || !text.isWellFormed()
    expect(words.filter(([, text]) => isOdd(text))).toEqual([])
    expect(Object.fromEntries(words)['button.openSpotify']).toBe('OPEN SPOTIFY')
  })
})
