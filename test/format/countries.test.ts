import { expect, test } from 'vitest'
import { countryChoices, countryNamed } from '../../src/views/countries.ts'

test.each([
  ['GB', 'GB'],
  [' gb ', 'GB'],
  ['uk', 'GB'],
  ['ＧＢ', 'GB'],
  ['Germany', 'DE'],
  ['united KINGDOM', 'GB'],
  ["Cote d'Ivoire", 'CI'],
  ['Bosnia and Herzegovina', 'BA'],
  ['Cocos Keeling Islands', 'CC'],
  ['US', 'US'],
  ['Kosovo', 'XK'],
  ['qz', 'QZ'],
])('%j is %s', (typed, code) => {
  expect(countryNamed(typed, 'en')).toBe(code)
})

test.each(['', 'G', 'GBR', '4!', 'Atlantis', 'European Union', 'Germa', 'toString'])('%j is no country', (typed) => {
  expect(countryNamed(typed, 'en')).toBeUndefined()
})

test.each([
  ['ger', ['Germany']],
  ['de', ['Germany', 'Denmark']],
  ['king', ['United Kingdom']],
  ['uk', ['United Kingdom', 'Ukraine']],
  ['zz', []],
])('who types %j is offered %j', (typed, names) => {
  expect(countryChoices(typed, 'en').map(({ name }) => name)).toEqual(names)
})

test('what is offered can be sent as it reads, and as its code', () => {
  const offered = Array.from('abcdefghijklmnopqrstuvwxyz').flatMap((letter) => countryChoices(letter, 'en'))
  const all = new Map(offered.map((choice) => [`${choice.name} ${choice.value}`, choice])).values().toArray()
  expect(new Set(all.map(({ value }) => value)).size).toBeGreaterThan(200)
  for (const { name, value } of all)
    expect([countryNamed(name, 'en'), countryNamed(value, 'en')]).toEqual([value, value])
  expect(countryChoices('', 'en')).toHaveLength(25)
})

test.each([
  ['Deutschland', 'de', 'DE'],
  ['österreich', 'de', 'AT'],
  ['Germany', 'de', 'DE'],
  ['日本', 'ja', 'JP'],
  ['Італія', 'uk', 'IT'],
  ['Estados Unidos', 'pt-BR', 'US'],
])('%s is meant in the language of the person', (typed, locale, code) => {
  expect(countryNamed(typed, locale)).toBe(code)
  expect(countryChoices(typed, locale).map(({ value }) => value)).toEqual([code])
})
