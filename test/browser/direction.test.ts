import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { isRightToLeft } from '../../src/views/sanitize.ts'
import { plainSong, songLines } from '../../src/views/song.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startSandbox } from '../world/sandbox.ts'
import { english } from '../world/english.ts'

/** Scripts for the browser itself. */
const inPage = readFileSync('test/browser/in-page.js', 'utf8')

const words = ['שלום', 'אהבה', 'مرحبا', 'حب', 'سلام', 'Love', 'été', 'Straße', '愛', 'ߒߞߏ', '𞤀𞤁']
const others = [
  '12',
  '2024',
  '٣٤',
  '۷',
  '(',
  ')',
  '[',
  ']',
  '!',
  '?',
  '؟',
  '،',
  '«',
  '»',
  '“',
  ' - ',
  ' · ',
  '·',
  '…',
  '/',
  ':',
]
const more = ['🎵', '👍🏽', '❤️', '\u202E', '\u200F', '\u2067', '\u061C', '*', '_', '#', '&', '%', '+', ',', '.', ' ']
const mixed = fc
  .array(fc.constantFrom(...words, ...words, ...others, ...more), { minLength: 1, maxLength: 10 })
  .chain((pieces) => fc.constantFrom(pieces.join(''), pieces.join(' ')))
const songs = fc.record({
  uri: fc.constant('spotify:track:4uLU6hMCjMI75M1A2tKUQC'),
  url: fc.constantFrom('https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC', undefined),
  title: mixed,
  artists: fc.array(mixed, { maxLength: 3 }),
  addedAt: fc.constantFrom(Date.UTC(2023, 5), Date.now()),
})

describe.skipIf(withoutChromium())('titles of either direction, in a real browser', () => {
  let sandbox: Sandbox
  let chromium: Chromium
  let page: Page
  beforeAll(async () => {
    sandbox = await startSandbox()
    chromium = await openChromium()
    page = await chromium.context.newPage()
    await page.goto(sandbox.url)
  })
  afterAll(async () => {
    await chromium?.close()
    await sandbox?.close()
  })

  // `plaintext`: a line takes its direction from its first letter that is not isolated.
  test.each(['normal', 'plaintext'])(
    'number, title, artists and time keep their places in a line whose direction is %s',
    async (bidi) => {
      const rows = fc.sample(songs, { numRuns: 400, seed: 15 }).map((song) => `**3,120.** ${songLines(song, english)}`)
      const boxes = (await page.evaluate(`${inPage}; rowBoxes(${JSON.stringify(rows)}, '${bidi}')`)) as Boxes[]
      expect(boxes).toHaveLength(rows.length)
      const wrong = rows.filter((_, index) => {
        const { line, number, title, small, artists, time } = boxes[index] ?? expect.unreachable()
        const first = number[0] <= line + 1 && number[1] <= title[0] + 1
        return !first || (artists && small[0] > artists[0]) || (artists && artists[1] > time[0] + 1)
      })
      expect(wrong).toEqual([])
    },
  )

  test.each(['normal', 'plaintext'])(
    'title and artists keep their places where there is no markdown, in a line whose direction is %s',
    async (bidi) => {
      // Arabic numbers on both sides of a dot change places on their own; they are no letters, and stay as they are.
      const labels = fc
        .sample(songs, { numRuns: 400, seed: 16 })
        .filter(({ title, artists }) => ![title, ...artists].join('').includes('·'))
        .map((song) => plainSong(song, english, 100))
        .filter((label) => label.includes(' · ') && (isRightToLeft(label) || !label.includes('٣')))
      expect(labels.length).toBeGreaterThan(50)
      const boxes = (await page.evaluate(`${inPage}; halves(${JSON.stringify(labels)}, '${bidi}')`)) as [Box, Box][]
      expect(labels.filter((_, index) => (boxes[index]?.[0][1] ?? 0) > (boxes[index]?.[1][0] ?? 0) + 1)).toEqual([])
    },
  )

  test('a letter runs from right to left where Chromium says so', async () => {
    // Of the newest signs that are no letters, browsers do not know all.
    const text = /[\p{L}\p{M}\u0590-\u08FF]/u
    const known = Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter((one) =>
      text.test(one),
    )
    const theirs = (await page.evaluate(`${inPage}; rightToLeft(${JSON.stringify(known)})`)) as string[]
    expect(theirs.length).toBeGreaterThan(1000)
    expect(known.filter(isRightToLeft)).toEqual(theirs)
  })
})

type Box = readonly [left: number, right: number]
interface Boxes {
  readonly line: number
  readonly number: Box
  readonly title: Box
  readonly small: Box
  readonly artists: Box | undefined
  readonly time: Box
}
