import { expect, test } from 'vitest'

const page = new URL('../../sandbox/chat/page/', import.meta.url)
// The page's modules are plain JavaScript for browsers, so their types are said here.
const { parseMarkdown } = (await import(new URL('markdown.js', page).href)) as {
  parseMarkdown(text: string): unknown[]
}
const { formatTime } = (await import(new URL('times.js', page).href)) as {
  formatTime(unix: number, style: string, now: number, language: string): string | undefined
}
const { flatten, readLine } = (await import(new URL('commands.js', page).href)) as {
  flatten(registered: unknown[]): { name: string }[]
  readLine(line: string, commands: unknown[], known: unknown): { values: unknown; problems: unknown } | undefined
}

const text = (value: string) => ({ kind: 'text', text: value })
const styled = (kind: string, value: string) => ({ kind, children: [text(value)] })
const link = (url: string, label: string) => ({ kind: 'link', url, children: [text(label)] })

test.each([
  ['**3,120.** Hi', styled('strong', '3,120.'), text(' Hi')],
  ['*a*_b_', styled('emphasis', 'a'), styled('emphasis', 'b')],
  ['__b__~~c~~||d||', styled('underline', 'b'), styled('strike', 'c'), styled('spoiler', 'd')],
  ['***x***', { kind: 'strong', children: [styled('emphasis', 'x')] }],
  ['snake_case_name 2 * 3 * 4', text('snake_case_name 2 * 3 * 4')],
  ['\\*\\*no\\*\\* \\[x\\](y) \\\\', text('**no** [x](y) \\')],
  ['ends with \\', text('ends with \\')],
  ['`a*b*` ``c`d``', { kind: 'code', text: 'a*b*' }, text(' '), { kind: 'code', text: 'c`d' }],
  ['[A \\[B\\]](https://a.example/b)', link('https://a.example/b', 'A [B]')],
  ['[x](javascript:alert(1))', text('[x](javascript:alert(1))')],
  ['[x](/relative)', text('[x](/relative)')],
  [
    '[https://a.example](https://b.example)',
    text('[https://a.example]('),
    link('https://b.example/', 'https://b.example'),
    text(')'),
  ],
  [
    'see https://a.example/x_(y), ok',
    text('see '),
    link('https://a.example/x_(y)', 'https://a.example/x_(y)'),
    text(', ok'),
  ],
  ['<https://a.example>', link('https://a.example/', 'https://a.example')],
  ['<t:1700000000:R><t:5>', { kind: 'time', unix: 1_700_000_000, style: 'R' }, { kind: 'time', unix: 5, style: 'f' }],
  ['<@12><@!13>', { kind: 'user', id: '12' }, { kind: 'user', id: '13' }],
  ['<#34><@&35>', { kind: 'channel', id: '34' }, { kind: 'role', id: '35' }],
  ['</liked recent:56>', { kind: 'command', name: 'liked recent', id: '56' }],
  ['\\<@12> <@x>', text('<@12> <@x>')],
  ['@everyone @nobody', { kind: 'everyone', text: '@everyone' }, text(' @nobody')],
  ['<script>alert(1)</script> &amp;', text('<script>alert(1)</script> &amp;')],
  ['a\n\nb', text('a\n\nb')],
])('markdown %j reads as in a chat client', (source, ...children) => {
  expect(parseMarkdown(source)).toEqual([{ kind: 'paragraph', children }])
})

test.each([
  ['-# small', { kind: 'small', children: [text('small')] }],
  ['## Head', { kind: 'heading', level: 2, children: [text('Head')] }],
  ['\\# no head', { kind: 'paragraph', children: [text('# no head')] }],
  ['#tag', { kind: 'paragraph', children: [text('#tag')] }],
  ['> a\n> b', { kind: 'quote', children: [{ kind: 'paragraph', children: [text('a\nb')] }] }],
  ['>>> a\nb', { kind: 'quote', children: [{ kind: 'paragraph', children: [text('a\nb')] }] }],
  ['- a\n* b', { kind: 'list', ordered: false, start: 1, items: [[text('a')], [text('b')]] }],
  ['7. a', { kind: 'list', ordered: true, start: 7, items: [[text('a')]] }],
  ['```js\n**a**\n```', { kind: 'fence', text: '**a**' }],
])('the line %j is a block of its own', (source, block) => {
  expect(parseMarkdown(source)).toEqual([block])
})

test.each([
  ['a\n\n-# b', 'a\n\n'],
  ['-# a\n\n-# b', '\n'],
])('the empty line of %j has a height of its own', (source, before) => {
  const last = { kind: 'small', children: [text('b')] }
  expect(parseMarkdown(source).slice(-2)).toEqual([{ kind: 'paragraph', children: [text(before)] }, last])
})

test('the longest description with the oddest markdown is read to its end', () => {
  for (const odd of ['[', '*', '_', '[[](', '**a', '||', '> ', '`', '<@', '\\', 'https://(']) {
    expect(parseMarkdown(odd.repeat(Math.ceil(4096 / odd.length))).length, odd).toBeGreaterThan(0)
  }
})

test.each([
  [1_700_000_000 - 80, 'R', '1 minute ago'],
  [1_700_000_000 + 14 * 3600 - 20, 'R', 'in 14 hours'],
  [1_700_000_000 + 29, 'R', 'in 29 seconds'],
  [1_700_000_000, 'D', 'November 14, 2023'],
  [1e15, 'f', undefined],
])('the time %d as %s reads %s', (unix, style, said) => {
  expect(formatTime(unix, style, 1_700_000_000_000, 'en-US')).toBe(said)
})

const commands = flatten([
  {
    name: 'liked',
    options: [
      {
        type: 1,
        name: 'recent',
        options: [
          { type: 6, name: 'member' },
          { type: 5, name: 'private' },
        ],
      },
      {
        type: 1,
        name: 'search',
        options: [
          { type: 3, name: 'query', required: true },
          { type: 5, name: 'private' },
        ],
      },
    ],
  },
  { name: 'Liked songs', type: 2 },
])
const known = { people: [{ id: '7', username: 'ana', displayName: 'Ana' }], channels: [{ id: '9', name: 'music' }] }

test('what can be typed are the subcommands, not the commands of menus', () => {
  expect(commands.map(({ name }) => name)).toEqual(['liked recent', 'liked search'])
})

test.each([
  ['/liked recent', {}, {}],
  ['/liked recent private:true', { private: true }, {}],
  ['/liked recent member:@Ana private:no', { member: '7', private: false }, {}],
  ['/liked search query:two words: more private:yes', { query: 'two words: more', private: true }, {}],
  ['/liked search', {}, { query: 'This is needed.' }],
  ['/liked recent member:nobody', {}, { member: '"nobody" does not fit here.' }],
  ['/liked recent colour:red', {}, { colour: '/liked recent has no option called colour.' }],
])('%s is understood', (line, values, problems) => {
  expect(readLine(line, commands, known)).toMatchObject({ values, problems })
})

test('a line that names no command is none', () => {
  expect(readLine('/liked recently', commands, known)).toBeUndefined()
})
