import { ComponentType } from 'discord.js'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { layout, withNested } from '../../sandbox/discord/limits/layout.ts'
import type { MessageBody } from '../../src/command.ts'
import { button, row } from '../../src/views/components.ts'
import { decodePartId } from '../../src/views/roundup-id.ts'
import { roundupPage, roundupPart } from '../../src/views/roundup.ts'
import { timezoneChoices, timezoneNamed } from '../../src/views/dates.ts'
import type { RoundupPage, RoundupRow } from '../../src/roundups/roundups.ts'
import { english } from '../world/english.ts'
import { runs } from '../world/runs.ts'

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

/** What Discord takes, as the sandbox checks it, and all components in it. */
function taken({ layout: made }: MessageBody): Record<string, unknown>[] {
  return layout.parse(made).flatMap(withNested)
}

const valuesIn = (body: MessageBody, name: string): string[] =>
  taken(body).flatMap(({ [name]: value }) => (typeof value === 'string' ? [value] : []))
const textIn = (body: MessageBody) => valuesIn(body, 'content').join('\n')
const labelsIn = (body: MessageBody) => valuesIn(body, 'label')

test('the fullest page with the longest names fits into a message, and every row is whole', () => {
  const text = textIn(roundupPage(page, english))
  expect(text.match(/^\[Concerto.*\n-# .*<@\d+>.* · <t:\d+:R>$/gm)).toHaveLength(10)
  expect(text).toMatch(/and 190 more this time\.$/m)
  expect(text).toMatch(/-# Page 1 of 9 · 400 members · Spotify$/)
})

const cover = (album: string | number) => `https://i.scdn.co/image/ab67616d00001e02${album}`
const of = (person: number, sum: number, section: RoundupRow['section'] = 'newest', at = 1): RoundupRow => ({
  section,
  song: { ...song, title: `Song ${person}.${at}`, cover: cover(`${person}.${Math.max(at, 2)}`) },
  savers: savers.slice(person, person + 1),
  of: sum,
  nth: at,
})

test('a page of several people has each once, with a heading, their songs below it and a button for the others', () => {
  const rows = [of(0, 14), of(0, 14, 'newest', 2), of(1, 1), of(2, 6, 'more', 6), of(0, 14, 'more', 6)]
  const body = roundupPage({ ...page, rows: [...page.rows.slice(0, 1), ...rows], missing: [], missed: 0 }, english)
  const headings = textIn(body).match(/^### .*$/gm)
  const [first, second, third] = people.map((person) => `<@${person}>`)
  const ofEach = [`${first} · 14 songs`, `${second} · 1 song`, `${third} · 6 songs, continued`]
  expect(headings).toEqual(['Saved by several', ...ofEach].map((heading) => `### ${heading}`))
  expect(
    textIn(body)
      .split('### ')[2]
      ?.match(/Song 0\.\d/g),
  ).toEqual(['Song 0.1', 'Song 0.2', 'Song 0.6'])
  expect(labelsIn(body)).toEqual(expect.arrayContaining(['See all 14', 'See all 6']))
  expect(labelsIn(body)).not.toContain('See all 1')
})

test('four covers at most, none twice, of everybody’s rather than of one person’s, each beside its song', () => {
  const rows = [of(0, 9), of(0, 9, 'newest', 2), of(0, 9, 'newest', 3), of(1, 2), of(1, 2, 'newest', 2), of(2, 1)]
  const sections = taken(roundupPage({ ...page, rows, missing: [], missed: 0 }, english)).filter(
    ({ accessory }) => (accessory as { type?: number } | undefined)?.type === ComponentType.Thumbnail,
  )
  const shown = sections.map(({ components, accessory }) => {
    const { description } = accessory as { description: string }
    expect(/Song \d\.\d/.exec(JSON.stringify(components))?.[0]).toBe(/Song \d\.\d/.exec(description)?.[0])
    return description
  })
  expect(shown.map((text) => /^Cover of (Song \d\.\d) by /.exec(text)?.[1])).toEqual([
    'Song 0.1',
    'Song 0.3',
    'Song 1.1',
    'Song 2.1',
  ])
})

test('of ten people with more songs than a page shows, most have a button, and the paging stays', () => {
  const rows = people.map((_, index) => of(index, 7))
  const labels = labelsIn(roundupPage({ ...page, rows, missing: [], missed: 0 }, english))
  expect(labels.filter((label) => label === 'See all 7').length).toBeGreaterThanOrEqual(9)
  expect(labels).toEqual(expect.arrayContaining(['First', 'Previous', '1 / 9', 'Next', 'Last', 'Join roundups']))
})

test('rows that 0.1.0 has stored say whose they are, and nobody is promised more', () => {
  const rows = [0, 1].map((person): RoundupRow => ({
    section: 'newest',
    song,
    savers: savers.slice(person, person + 1),
  }))
  const body = roundupPage({ ...page, rows, missing: [], missed: 0 }, english)
  expect(textIn(body).match(/^### .*$/gm)).toEqual(people.slice(0, 2).map((person) => `### <@${person}>`))
  expect(labelsIn(body).filter((label) => label.startsWith('See all'))).toEqual([])
})

test('whose connection has ended is named', () => {
  const told = (ended: readonly string[]) => textIn(roundupPage({ ...page, missing: [], missed: 0, ended }, english))
  expect(told(people.slice(0, 1))).toMatch(/^-# <@\d+>'s Spotify connection ended\./m)
  expect(told(people.slice(0, 2))).toMatch(/^-# The Spotify connections of <@\d+>, <@\d+> ended\./m)
  expect(told([])).not.toMatch(/connection/)
})

test('all of one person are numbered by pages, and every button leads to a page of theirs', () => {
  const part = {
    ...page,
    person: people[0] ?? '',
    page: 2,
    pages: 3,
    total: 24,
    rows: [of(0, 24), of(0, 24, 'more', 2)],
  }
  const body = roundupPart(part, english)
  expect(textIn(body)).toMatch(/^## <@\d+> · 24 songs\n-# <t:\d+:D> to <t:\d+:D>\n?\n\[?Song 0\.1/)
  expect(textIn(body)).toMatch(/-# Page 2 of 3 · Spotify$/)
  const ids = taken(body).flatMap(({ custom_id: id }) => (typeof id === 'string' && id !== 'liked:save:' ? [id] : []))
  expect(ids.map((id) => decodePartId(id)?.page)).toEqual([1, 1, 2, 3, 3])
})

const marks = Array.from('*_`~|#>[]()@<:\\/-+.1 ')
const wildText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...marks), maxLength: 300 }),
  fc.constantFrom(
    'א'.repeat(300),
    'שלום',
    'فيروز',
    'e\u0301\u0301\u0301\u0301'.repeat(60),
    '👩‍👩‍👧‍👦'.repeat(40),
    '@everyone',
    '\u202E',
  ),
  fc.constantFrom(
    '### Ana · 9 songs',
    '\n### heading',
    '-# small',
    '<@175928847299117063>',
    '[a](https://example.org)',
  ),
)
const wildUrl = fc.option(
  fc.stringMatching(/^[0-9A-Za-z]{22}$/).map((id) => `https://open.spotify.com/track/${id}`),
  { nil: undefined },
)
const wildSong = fc.record({
  uri: fc.constantFrom('spotify:track:4uLU6hMCjMI75M1A2tKUQC', 'spotify:local:a', 'spotify:episode:b'),
  title: wildText,
  artists: fc.array(wildText, { maxLength: 5 }),
  url: wildUrl,
  cover: fc.option(fc.nat(9).map(cover), { nil: undefined }),
})
const wildRow = fc
  .record({
    section: fc.constantFrom<RoundupRow['section']>('several', 'newest', 'more'),
    song: wildSong,
    first: fc.nat(9),
    named: fc.integer({ min: 2, max: 10 }),
    sum: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
  })
  .map(({ section, song, first, named, sum }): RoundupRow => {
    if (section === 'several') return { section, song, savers: savers.slice(0, named) }
    return { section, song, savers: savers.slice(first, first + 1), ...(sum !== undefined && { of: sum }) }
  })
const wildPage = fc.record({
  rows: fc.array(wildRow, { maxLength: 10 }),
  people: fc.constantFrom('anybody', 'ten'),
  pages: fc.integer({ min: 1, max: 9_999 }),
  missed: fc.nat(10),
  ended: fc.nat(10),
  above: fc.option(
    fc.string({ maxLength: 480 }).map((more) => `Every Friday. ${more}`),
    { nil: undefined },
  ),
  isPreview: fc.boolean(),
})
const looksGood = [row(button('Looks good', 'roundup:1:good'), button('Cancel', 'roundup:1:cancel'))]

test('whatever songs are called, Discord takes a page, nothing of it is missing, and no title acts', () => {
  fc.assert(
    fc.property(wildPage, ({ rows: some, people: kind, pages, missed, ended, above, isPreview }) => {
      const rows =
        kind === 'ten' ? some.map((one, index) => ({ ...one, savers: savers.slice(index, index + 1) })) : some
      const names = { missing: people.slice(0, missed), missed: missed * 20, ended: people.slice(0, ended) }
      const around = isPreview ? { above, below: looksGood } : undefined
      const body = roundupPage({ ...page, ...names, rows, page: pages, pages }, english, around)
      const text = textIn(body)
      for (const { url } of rows.map(({ song }) => song)) if (url) expect(text).toContain(`](${url})`)
      const alone = rows.filter(({ section }) => section !== 'several').map(({ savers: [saver] }) => saver?.person)
      const several = rows.some(({ section }) => section === 'several') ? 1 : 0
      const own = above === undefined || !isPreview ? text : text.slice(above.length)
      expect(own.match(/^### /gm) ?? []).toHaveLength(new Set(alone).size + several)
      for (const { custom_id: id } of taken(body)) {
        if (typeof id !== 'string' || !id.startsWith('roundup:1:all:')) continue
        expect(decodePartId(id)).toMatchObject({ id: page.id, page: 1 })
      }
    }),
    { numRuns: runs(100) },
  )
})

test('whatever songs are called, Discord takes a page of one person with all of them', () => {
  fc.assert(
    fc.property(fc.array(wildRow, { minLength: 1, maxLength: 10 }), fc.integer({ min: 1, max: 20 }), (rows, pages) => {
      const part = { ...page, person: people[0] ?? '', page: pages, pages, total: 200, rows }
      const text = textIn(roundupPart(part, english))
      for (const { url } of rows.map(({ song }) => song)) if (url) expect(text).toContain(`](${url})`)
    }),
    { numRuns: runs(100) },
  )
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
  const content = textIn(roundupPage({ ...page, pages: 1, late: null, rows: [], ...odd }, english))
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
