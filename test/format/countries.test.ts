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
  expect(countryNamed(typed)).toBe(code)
})

test.each(['', 'G', 'GBR', '4!', 'Atlantis', 'European Union', 'Germa', 'toString'])('%j is no country', (typed) => {
  expect(countryNamed(typed)).toBeUndefined()
})

test.each([
  ['ger', ['Germany']],
  ['de', ['Germany', 'Denmark']],
  ['king', ['United Kingdom']],
  ['uk', ['United Kingdom', 'Ukraine']],
  ['zz', []],
])('who types %j is offered %j', (typed, names) => {
  expect(countryChoices(typed).map(({ name }) => name)).toEqual(names)
})

test('what is offered can be sent as it reads, and as its code', () => {
  const offered = Array.from('abcdefghijklmnopqrstuvwxyz').flatMap((letter) => countryChoices(letter))
  const all = new Map(offered.map((choice) => [`${choice.name} ${choice.value}`, choice])).values().toArray()
  expect(new Set(all.map(({ value }) => value)).size).toBeGreaterThan(200)
  for (const { name, value } of all) expect([countryNamed(name), countryNamed(value)]).toEqual([value, value])
  expect(countryChoices('')).toHaveLength(25)
})
