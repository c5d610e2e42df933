import { describe, expect, test } from 'vitest'
import { sanitize, plainText } from '../../src/views/sanitize.ts'
import { liveIn, linksIn, seen } from './discord-markdown.ts'

const wedge = '\uFE0E'
const url = 'https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC'

const unchanged = [
  'Dancing Queen',
  "Don't Stop 'Til You Get Enough",
  'Help! Who? Me, you & I.',
  'Song (feat. Ana) - Remastered 2011',
  'Paranoid [Live]',
  '99 Luftballons',
  'Größe',
  'Подмосковные вечера',
  '夜に駆ける',
  'नमस्ते दुनिया',
  'می‌خواهم',
  'അവന്‍',
  'क्‍ष',
  'ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ',
  'Việt Nam',
  '👩‍👩‍👧 ❤️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏳️‍🌈 1️⃣ 🇩🇪 👍🏽',
]

test.each(unchanged)('%s comes out unchanged', (title) => {
  expect(sanitize(title, 100)).toBe(title)
  expect(plainText(title, 100)).toBe(title)
})

describe('SP-108 a name that tries to be more than a name', () => {
  test.each([
    ['<img onerror=alert(1)>', '<img onerror=alert(1)>'],
    ['\u202Eanna\u202C', 'anna'],
    ['\u2067אנה\u2069', 'אנה'],
    ['אנה', 'אנה'],
    ['', ''],
  ])('%j is seen as %j', (name, expected) => {
    expect(plainText(name, 100)).toBe(expected)
    expect(seen(sanitize(name, 100))).toBe(expected)
  })

  test('500 emoji are cut between two of them', () => {
    expect(plainText('👩‍👩‍👧'.repeat(500), 20)).toBe('👩‍👩‍👧👩‍👩‍👧…')
    expect(sanitize('👍🏽'.repeat(500), 256)).toBe(`${'👍🏽'.repeat(63)}…`)
  })
})

describe('SP-109 markdown in a title', () => {
  test.each([
    ['[x](javascript:alert(1))', `[x]${wedge}(javascript:alert(1))`],
    ['[a](https://evil)', `[a]${wedge}(https:${wedge}//evil)`],
    ['# H', `#${wedge} H`],
    ['### H', `###${wedge} H`],
    ['-# s', `-#${wedge} s`],
    ['- one', `-${wedge} one`],
    ['1. Mai', `1.${wedge} Mai`],
    ['> q', `>${wedge} q`],
    ['>>> q', `>>>${wedge} q`],
    ['```js', '\\`\\`\\`js'],
    ['||secret||', `|${wedge}|secret|${wedge}|${wedge}`],
    ['~~gone~~', `~${wedge}~gone~${wedge}~${wedge}`],
    ['M*A*S*H', 'M\\*A\\*S\\*H'],
    ['snake_case', 'snake\\_case'],
    ['odd *', 'odd \\*'],
    ['trailing \\', 'trailing \\\\'],
    ['\\*', '\\\\\\*'],
    ['¯\\_(ツ)_/¯', '¯\\\\\\_(ツ)\\_/¯'],
    ['a [b', 'a ［b'],
    ['a] b', 'a］ b'],
    ['[[a]]', '［[a]］'],
    ['a > b - c # d 1. e', 'a > b - c # d 1. e'],
  ])('%s is written %s', (title, expected) => {
    expect(sanitize(title, 100)).toBe(expected)
    expect(liveIn(expected)).toEqual([])
  })

  test('a bracket that loses its partner to the cut does not break the link around it', () => {
    const title = sanitize('Rhapsody [Live at Wembley]', 17)
    expect(title).toBe('Rhapsody ［Live a…')
    expect(linksIn(`[${title}](${url})`)).toEqual([{ text: title, url }])
  })
})

describe('SP-110 mentions, times, emoji and addresses in a title', () => {
  test.each([
    '@everyone',
    '@here',
    '<@1>',
    '<@!1>',
    '<@&1>',
    '<#1>',
    '</link:1>',
    '<t:0:R>',
    '<:x:1>',
    '<a:x:1>',
    '<id:customize>',
    '<ana@example.com>',
    '<+49123456>',
    'https://evil.example/x',
    'HTTP://evil.example',
    'steam://run/1',
    '<https://evil.example>',
    '<a:/b>',
    'discord.gg/x',
    'discord.com/invite/x',
    'DiscordApp.com/invite/x',
    ':smile:',
    ':+1::smile:',
  ])('%s is only text', (title) => {
    expect(liveIn(title)).not.toEqual([])
    expect(liveIn(sanitize(title, 100))).toEqual([])
    expect(seen(sanitize(title, 100))).toBe(title)
    expect(linksIn(`[${sanitize(title, 100)}](${url})`)).toHaveLength(1)
  })
})

describe('SP-111 characters that are not for reading', () => {
  test.each([
    ['a\u202Eb', 'ab'],
    ['a\u200Bb\uFEFFc\u2060d\u00ADe', 'abcde'],
    ['a\u200Db\u200Cc', 'abc'],
    ['a\uFE0Fb', 'ab'],
    ['a\u0301\u0301\u0301\u0301\u0301', 'a\u0301\u0301\u0301'],
    ['\u0301\u0301a', 'a'],
    ['a\uD800b\uDC00', 'ab'],
    ['\0a\x1Bb\x7Fc', 'abc'],
    ['one\r\ntwo\u2028three\u0085four', 'one two three four'],
    ['  a \u200B\u3000 b  ', 'a b'],
    ['\u3164\u2800\u200B', ''],
    ['\u{E0041}a\u{E0100}', 'a'],
  ])('%j is seen as %j', (title, expected) => {
    expect(plainText(title, 100)).toBe(expected)
    expect(sanitize(title, 100)).toBe(expected)
  })
})

test('a cut falls between escapes and leaves space for the ellipsis', () => {
  expect(sanitize('****', 8)).toBe('\\*\\*\\*\\*')
  expect(sanitize('****', 7)).toBe('\\*\\*\\*…')
  expect(sanitize('****', 6)).toBe('\\*\\*…')
  expect(sanitize('one two', 5)).toBe('one…')
  expect(plainText('one two', 1)).toBe('…')
  expect(plainText('one two', 0)).toBe('')
})
