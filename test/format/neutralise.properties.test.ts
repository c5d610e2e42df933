import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sanitize, plainText } from '../../src/views/sanitize.ts'
import { linksIn, liveIn, seen } from './discord-markdown.ts'
import { runs } from '../world/runs.ts'

const url = 'https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC'
const pieces = [
  ...Array.from('*_~`|\\>#-[]()<@!&:/.+ 1a'),
  ...['@everyone', '@here', '<@1>', '<t:0:R>', ':x:', 'https://a.b', 'discord.gg/x', '](', '**', '1. ', '-# ', '> '],
  ...['\u200B', '\u200D', '\uFE0E', '\uFE0F', '\u0301', '\u202E', '\uD800', '\uDC00', '\n', '\0', 'é', '👍🏽', 'ൎ'],
]
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
)
const lengths = fc.integer({ min: 0, max: 60 })

test('whatever comes in, what goes out is well-formed, on one line and within its length', () => {
  fc.assert(
    fc.property(hostile, lengths, (text, max) => {
      for (const out of [sanitize(text, max), plainText(text, max)]) {
        expect(out.length).toBeLessThanOrEqual(max)
        expect(out.isWellFormed()).toBe(true)
        expect(out).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|\p{M}{4}/u)
        expect(out).toBe(out.trim())
      }
    }),
    { numRuns: runs(500) },
  )
})

test('nothing is live in what goes out, cut or whole, alone or beside another', () => {
  fc.assert(
    fc.property(hostile, hostile, lengths, (one, two, max) => {
      expect(liveIn(sanitize(one, max))).toEqual([])
      expect(liveIn(`${sanitize(one, max)} · ${sanitize(two, max)}`)).toEqual([])
    }),
    { numRuns: runs(1000) },
  )
})

test('a link around a title stays one link to the same place, and nothing in it is an address or a mention', () => {
  fc.assert(
    fc.property(hostile, hostile, lengths, (one, two, max) => {
      const [first, second] = [`a${sanitize(one, max)}`, `b${sanitize(two, max)}`]
      expect(linksIn(`[${first}](${url}) - ${second}\n[${second}](${url})`)).toEqual([
        { text: first, url },
        { text: second, url },
      ])
      const shownInLink = first.replace(/\p{Cf}/gu, '')
      expect(liveIn(shownInLink)).toEqual([])
    }),
    { numRuns: runs(1000) },
  )
})

test('neutralising what is seen of a neutralised text changes nothing that is seen', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const once = seen(sanitize(text, 500))
      expect(seen(sanitize(once, 500))).toBe(once)
    }),
    { numRuns: runs(500) },
  )
})

test('the reader sees the very characters of a printable title, but for a bracket without partner', () => {
  const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((text) => text.trim().replace(/\s+/g, ' '))
  fc.assert(
    fc.property(printable, (title) => {
      const narrow = seen(sanitize(title, 500)).replaceAll('［', '[').replaceAll('］', ']')
      expect(narrow).toBe(title)
    }),
    { numRuns: runs(500) },
  )
})

test('a title of words comes out unchanged', () => {
  const word = fc.stringMatching(/^[\p{Lu}\p{Ll}\p{Lo}\p{Nd}!?,&.']{1,8}$/u)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const title = words.join(' ')
      fc.pre(!/^\d+\.(?: |$)|\p{DI}|discord/iu.test(title))
      expect(sanitize(title, 200)).toBe(title)
    }),
    { numRuns: runs(500) },
  )
})
