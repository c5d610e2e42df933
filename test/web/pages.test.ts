import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { html } from '../../src/linking/html.ts'
import { PageError } from '../../src/linking/page-error.ts'
import { confirmPage, donePage, problemPage, startPage } from '../../src/linking/pages.ts'
import { english } from '../world/english.ts'
import { startWebFixture } from '../world/web-fixture.ts'
import { runs } from '../world/runs.ts'

const names: [string, string][] = [
  ['an image that runs a script', '<img src=x onerror=alert(1)>'],
  ['the end of a title and a script', '</title></style><script>alert(1)</script>'],
  ['the end of an attribute', `" onmouseover="alert(1)" x='`],
  ['a character reference', '&lt;script&gt;&#x3c;b&#x3e;'],
  ['a comment and a CDATA section', '<!-- --><![CDATA[ x ]]>'],
  ['right-to-left text', 'مريم'],
  ['an override of the direction', 'Ana\u202egnikrow \u2066'],
  ['a lone surrogate and NUL', 'a\ud800b\u0000c'],
  ['five hundred emoji', '🎧'.repeat(500)],
  ['template syntax', '${7*7}{{7*7}}$&$1'],
]

const policies = { privacy: 'https://club.example/privacy?a=1&b=2', terms: '/terms' }

const notInvited = (name: string) => new PageError(400, 'problem.title.unchanged', 'problem.notInvited', { name })

describe.each(names)('a name of %s', (_, name) => {
  test('is on the pages as it is and as nothing else', async () => {
    const fixture = await startWebFixture()
    const { discord, spotify } = fixture
    const ana = fixture.visitor('ana')
    const user = { id: ana.id, username: name, global_name: null }
    discord.failNext(/oauth2\/@me/, 200, { application: { id: discord.credentials.clientId }, user })
    spotify.script(/GET \/v1\/me$/, { body: { id: ana.spotify.id, display_name: name } })
    await ana.sees(await ana.agrees(await ana.posts('/link')))
    const confirm = await ana.sees('/link/confirm')
    const token = /name="token" value="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
    await ana.sees(await ana.agrees(await ana.posts('/link/confirm', { token })))
    const done = await ana.sees('/link/done')
    for (const page of [confirm, done]) {
      expect(page.status).toBe(200)
      expect(tagsOf(page.text)).toEqual(
        tagsOf(
          page === confirm
            ? confirmPage(english, { name: 'Ana', display: 'Ana' }, token, { policies })
            : donePage(english, 'Ana', 'Ana'),
        ),
      )
    }
    const [, atDiscord] = /<bdi>@([^<]+)<\/bdi>/.exec(confirm.text) ?? []
    const [, atSpotify = ''] = /<bdi>([^<]+)<\/bdi>/.exec(done.text) ?? expect.unreachable()
    expect(atDiscord).toBe(escaped(name))
    expect(escaped(name).startsWith(atSpotify)).toBe(true)
    await fixture.stop()
  })
})

test('whatever a name is, the pages keep their tags', () => {
  fc.assert(
    fc.property(hostile(), hostile(), (one, other) => {
      expect(tagsOf(confirmPage(english, { name: one, display: `${other} ` }, other, { policies }))).toEqual(
        tagsOf(confirmPage(english, { name: 'ana', display: 'Ana' }, 'token', { policies })),
      )
      expect(tagsOf(donePage(english, one, other))).toEqual(tagsOf(donePage(english, 'Ana', 'Ben')))
      expect(tagsOf(problemPage(english, notInvited(one)))).toEqual(tagsOf(problemPage(english, notInvited('Ana'))))
      expect(tagsOf(startPage(english, one, policies))).toEqual(tagsOf(startPage(english, 'hint', policies)))
    }),
  )
})

test('html`` gives back any text unchanged, in elements and in attributes, and lets none of it become markup', () => {
  fc.assert(
    fc.property(hostile(), (text) => {
      const { markup } = html`<a title="${text}">${text}</a>`
      const [, title = '', content = ''] = /^<a title="([^"<>]*)">([^<>"]*)<\/a>$/.exec(markup) ?? expect.unreachable()
      expect([title, content].map(unescaped)).toEqual([text.toWellFormed(), text.toWellFormed()])
    }),
    { numRuns: runs(500) },
  )
})

test('html`` leaves its own parts alone, however deep, and writes nothing for what is absent', () => {
  const part = html`<b>${'<i>'}</b>`
  expect(html`${part}${[part, html`${part}`]}${undefined}${false}${0}`.markup).toBe(`${'<b>&lt;i&gt;</b>'.repeat(3)}0`)
})

/** Any text, with more of what means something in HTML than chance would bring. */
function hostile() {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '</title>',
      '</style>',
      '<script>',
      '&lt;',
      '&#39;',
      '\ud800',
      '\u202e',
      '\0',
    ),
  )
  return fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
}

/** What a browser would take for markup: tags with the names of their attributes. */
function tagsOf(text: string): string[] {
  const tags = text.match(/<[a-z!/][^>]*>/gi) ?? []
  return tags.map((tag) => tag.replace(/="[^"]*"/g, ''))
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
