import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { roundupPage } from '../../src/views/roundup.ts'
import { timezoneChoices, timezoneNamed } from '../../src/views/dates.ts'
import type { RoundupPage, RoundupRow } from '../../src/roundups/roundups.ts'
import { english } from '../world/english.ts'

const people = Array.from({ length: 10 }, (_, index) => String(175928847299117063n + BigInt(index)))
const savers = people.map((person) => ({ person, at: Date.UTC(2026, 10, 20) }))
const song = {
  uri: 'spotify:track:4uLU6hMCjMI75M1A2tKUQC',
  title: 'Concerto for Four Violins in B minor, in a Rather Long Arrangement_ '.repeat(4),
  artists: Array.from({ length: 9 }, (_, index) => `Orchestra of the Northern Harbour No. ${index}`),
  url: 'https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC',
  cover: undefined,
}
const page: RoundupPage = {
  ...{ id: '2026-W47-197038439483310086', server: '197038439483310086', page: 1, pages: 9, members: 400 },
  ...{ from: Date.UTC(2026, 10, 13), until: Date.UTC(2026, 10, 20), late: Date.UTC(2026, 10, 20) },
  ...{ missing: people, missed: 200, isReduced: false, ended: [] },
  rows: Array.from({ length: 10 }, (): RoundupRow => ({ section: 'several', song, savers })),
}

test('the fullest page with the longest names fits into a message, and every row is whole', () => {
  const [embed] = roundupPage(page, english).embeds ?? []
  const description = embed?.description ?? ''
  expect(description.length).toBeLessThanOrEqual(4096)
  expect(description.match(/^\[Concerto.*\n-# .*<@\d+>.* · <t:\d+:R>$/gm)).toHaveLength(10)
  expect(description).toMatch(/and 190 more this time\.$/)
})

test.each([
  [{ members: 2, missed: 0, missing: [] }, /^Nobody here saved a song .* Quiet times happen\.$/],
  [{ members: 1, missed: 0, missing: [], isReduced: true }, /^Nothing is left of what was saved here .*\.$/],
  [{ members: 2, missed: 1, missing: people.slice(0, 1) }, /^Nobody I could ask saved a song .*\.\n/],
  [
    { members: 2, missed: 2, missing: people.slice(0, 2) },
    /^-# I couldn't ask Spotify for <@\d+>, <@\d+> this time\.$/m,
  ],
])('a quiet roundup says no more than what is known: %o', (odd, words) => {
  const { content = '' } = roundupPage({ ...page, pages: 1, late: null, rows: [], ...odd }, english)
  expect(content).toMatch(words)
  expect(/Quiet times/.test(content)).toBe(odd.missed === 0 && !('isReduced' in odd))
})

test.each([
  ['New York', 'America/New_York'],
  ['  new york ', 'America/New_York'],
  ['São Paulo', 'America/Sao_Paulo'],
  ['Indiana/Knox', 'America/Indiana/Knox'],
  ['Berlin', 'Europe/Berlin'],
  ['utc', 'UTC'],
  ['Etc/UTC', 'UTC'],
  ['us/eastern', 'America/New_York'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
])('a timezone typed as "%s" is %s', (typed, name) => {
  expect(timezoneNamed(typed)).toBe(name)
})

test.each([
  ...['BST', 'AST', 'EST', 'MST', 'ECT', 'ET', 'CET', 'HST', 'IST', 'PST', 'PST8PDT', 'EST5EDT', 'GB', 'NZ', 'GMT'],
  ...['UTC+2', 'GMT+1', '+01:00', '01:00', 'Etc/GMT+5', 'Etc/GMT-14', 'etc/gmt+5', 'SystemV/EST5', 'Etc/Unknown'],
  ...['', ' ', '/', 'Europe/', '/Berlin', 'York', 'America', 'Mars/Olympus', 'constructor', '__proto__/x', 'toString'],
])('"%s" names no timezone', (typed) => {
  expect(timezoneNamed(typed)).toBeUndefined()
})

const cities = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'America/Argentina/Ushuaia']
const wildNames = fc.stringMatching(/^(Etc|US|Europe|GB|EST|SystemV)?\/?(GMT|UTC|EST|Eastern|Paris)?[+-]?\d{0,2}$/)

test('whatever is typed, it is a timezone from the list or none, which is itself', () => {
  const listed = new Set(['UTC', ...timezoneChoices('').map(({ value }) => value), ...cities])
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom(...cities), wildNames), (typed) => {
      const name = timezoneNamed(typed)
      if (name !== undefined) expect([/^\w+\/[\w/-]+$|^UTC$/.test(name), timezoneNamed(name)]).toEqual([true, name])
      if (listed.has(typed)) expect(name).toBe(typed)
    }),
  )
})

test.each([
  ['kolkata', 'Asia/Kolkata'],
  ['Kyiv', 'Europe/Kyiv'],
  ['ho chi minh', 'Asia/Ho_Chi_Minh'],
  ['nuuk', 'America/Nuuk'],
  ['berlin', 'Europe/Berlin'],
])('who types %s finds %s', (typed, name) => {
  expect(timezoneChoices(typed).map(({ value }) => value)).toContain(name)
  expect(timezoneNamed(name.toLowerCase())).toBe(name)
})
